"""Hits in, verified answers out: evidence, drafts, verification, conflicts, abstention."""
