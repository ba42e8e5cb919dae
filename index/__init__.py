"""Documents in, hits out: reading, masking, passages, the store, vectors and search."""
