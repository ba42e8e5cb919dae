"""Find the lines of a document that are web debris: masked with the rule that said so, never cut.

The judge reads line by line. A rule is a name and a pattern that you can read; what a line is masked for is shown to the
user. Masking real prose is the worse mistake, so a line that reads like prose is masked only by the few rules that are
written for prose, and a rule for short lines never sees a long one.
"""

import re
from dataclasses import dataclass

from index.datatypes import Mask

# A line with this many words that ends like a sentence reads like prose.
PROSE_WORDS = 9
# An advertisement or a list of links never runs on for longer than this many lines.
LONGEST_BLOCK = 12
# Debris is short; the bounds also keep the patterns quick on a megabyte without a line break.
LONGEST_LINE = 1200
LONGEST_SHORT_LINE = 300

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_SHARE = r"(?:share|post|pin|send|tweet|save)\ (?:this|on|to|via|it|by|with|for)\b"
_FOLLOW = r"follow\ (?:us|@\w+|\w+(?:\ \w+){0,2}\ on)\b"
_SENTENCE_END = re.compile(r"[.!?…。！？:][\"'”’»)\]]*$")

# Rules for short lines: the whole line, in small letters, has to match.
_SHORT: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.VERBOSE))
    for reason, pattern in (
        ("markup", r"""<!--.*-->|[-*_=~|#•·\s]{3,}"""),
        (
            "share bar",
            # Within the repetition every character can be read in one way only: else a run of blanks takes years.
            rf"""(?:share|tweet|e-?mail|print|save|bookmark|copy\ link|like|follow|comments?|facebook|twitter|x|linkedin|
                whatsapp|reddit|pinterest|telegram|flipboard|instagram|youtube|threads|bluesky|mastodon|tiktok|wechat|
                (?:{_SHARE}|{_FOLLOW})(?:(?!{_SHARE}|{_FOLLOW})[^|/•·,]){{0,40}}+|
                (?:save|print|rate|e-?mail|bookmark)\ (?:this\ )?(?:recipe|article|page|story|post)|(?:leave|post|add|write)\ a\ (?:comment|reply)|
                [\s|/•·,–-])*(?:{_SHARE}.{{0,40}}|{_FOLLOW}.{{0,60}})?""",
        ),
        (
            "counter",
            r"""(?:by\b.{2,60}\b\d+\s*min(?:ute)?s?\ read|\d[\d.,]*\s*[km]?\+?\s*(?:shares?|comments?|likes?|views?|sources?|reads?|votes?|followers?|replies|
                claps?|reactions?)|
                \d+\s*[-–]?\s*min(?:ute)?s?\.?(?:\ read|\ reading\ time)?|(?:reading|read)\ time:?\s*(?:about\ )?\d+.{0,15}|
                (?:comments?|shares?|views?|likes?)\s*[:(]\s*\d+\)?)""",
        ),
        (
            "advertisement",
            r"""\W*(?:ads?|adverts?|advertisements?|advertising|sponsored(?:\ (?:content|post|links?|by\b.{0,40}))?|promoted|
                promoted\ (?:content|stories)|paid\ (?:post|content|partnership)|partner\ content|promotion|
                (?:article|story|content|text)\ continues\ (?:below|after).{0,30}|skip\ (?:this\ )?ad(?:vertisement)?|
                (?:scroll|continue\ reading).{0,40}|ad(?:vertisement)?\s*[-–—:|]\s*(?:continue|scroll|story|article).{0,40})\W*""",
        ),
        (
            "navigation",
            r"""(?:home|menu|main\ menu|search|close|skip\ to\b.{0,30}|back\ to\b.{0,30}|jump\ to\b.{0,30}|next|previous|
                older\ posts?|newer\ posts?|load\ more|show\ (?:more|less|all)|read\ more|see\ (?:more|all)|view\ (?:all|more)|
                more|sign\ in|sign\ up|log\ ?in|log\ ?out|register|subscribe|subscribe\ now|my\ account|contact(?:\ us)?|
                about(?:\ us)?|faqs?|help|careers|sitemap|advertise(?:\ with\ us)?|terms(?:\ (?:of\ \w+|and\ conditions|&\ conditions))?|
                privacy(?:\ policy)?|cookie(?:s|\ policy|\ settings|\ preferences)?|accept(?:\ all)?(?:\ cookies)?|reject(?:\ all)?|
                manage\ (?:preferences|cookies|settings|choices)|toggle\ navigation|listen(?:\ to\ (?:this\ )?article)?|
                previous:.{2,80}|(?:read|see|watch|listen|more|learn)(?:\ (?:more|also|next|now))?\s*[:>]\s.{3,110}|
                view\ (?:image|gallery|photos?|comments?)\b.{0,30}|donate(?:\ now)?|make\ a\ (?:contribution|donation)|
                (?:(?:accept|decline|reject|allow|manage|more\ options|options|settings|ok|got\ it|i\ agree|agree|cancel|yes|no|all)\s*){2,}|
                (?:was\ this|did\ you|found\ a|spotted\ a|have\ a|enjoyed\ this|rate\ this)\b.{0,30}\b(?:helpful|useful|make\ this|mistake|error|tip|recipe|article|typo)\b.{0,60}|
                font\ size|dark\ mode|language|edit|print\ this\ page|table\ of\ contents)[\s.:›»>…]*""",
        ),
        (
            "link list heading",
            r"""\W*(?:(?:today['’]?s\ |our\ |this\ week['’]?s\ )?top\ (?:stories|news|picks)|most\ (?:read|popular|viewed|shared|discussed)\b.{0,20}|
                trending(?:\ (?:now|stories|topics|news))?|latest(?:\ (?:news|stories|articles|posts|headlines))?|
                related(?:\ (?:articles?|stories|posts?|news|links?|topics|content|coverage|reading))?|
                recommended(?:\ (?:for\ you|reading|stories|articles))?|you\ (?:may|might)\ (?:also\ )?(?:like|enjoy|be\ interested).{0,20}|
                more\ (?:from|on|in|stories|news|like|articles|coverage|by)\b.{0,40}|editor['’]?s['’]?\ (?:picks?|choice)|
                (?:read|up|what\ to\ read|watch|coming\ up)\ next|also\ (?:read|see|on)\b.{0,40}|don['’]?t\ miss(?:\ (?:this|these))?|
                popular(?:\ (?:now|posts|stories|articles|this\ week))?|further\ reading|see\ also|explore\ more|in\ other\ news|
                people\ also\ (?:read|ask)|share\ this\ (?:article|story|post)|elsewhere\ on\ (?:the|our)\b.{0,30})\W*""",
        ),
        (
            "copyright",
            r"""(?:©|\(c\)\s*\d{4}|copyright\b).{0,160}|.{0,120}\ball\ rights\ reserved\b.{0,60}""",
        ),
        (
            "image credit",
            r"""[(\[]?(?:image|photo|photograph|picture|pic|source|credit|graphic|illustration|video|file\ photo|getty|cover\ image|
                featured\ image)s?(?:\ (?:credit|source|by|courtesy|via|of))*s?\s*[:/|©].{1,70}|
                .{0,140}\b(?:photo(?:graph)?|image|picture|illustration|credit)s?(?:\ (?:by|credit))?\s*[:©]\s*[^.]{2,50}|
                .{0,70}(?:/|\bvia\ |\bby\ |©\s*)\s*(?:getty(?:\ images)?|reuters|afp|ap|epa|shutterstock|i?stock(?:photo)?|
                unsplash|pexels|bloomberg|alamy|flickr|wikimedia(?:\ commons)?)[)\]]?|(?:[\w.]+\ ){1,3}logo""",
        ),
        (
            "timestamp",
            r"""(?:published|updated|last\ (?:updated|modified)|posted|created|modified|date)(?:\ (?:on|at))?\s*:?|
                (?:(?:published|updated|last\ (?:updated|modified)|posted|date)(?:\ (?:on|at))?\s*:?\s*)?
                \d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[t\s,]+\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:[ap]m|utc|gmt|z|[+-]\d\d:?\d\d))?)?|
                (?:published|updated|last\ (?:updated|modified)|posted)\b.{0,15}\d{4}.{0,25}""",
        ),
        (
            "byline",
            r"""(?:reviewed|edited|fact[- ]checked|medically\ reviewed|compiled)\ ?by.{1,60}""",
        ),
        (
            "sign-up offer",
            r"""(?:(?:please\ )?(?:subscribe|sign\ up|register|join|log\ in|sign\ in|enter\ your\ e-?mail|create\ (?:a\ free|an|your)\ account)\b
                (?:.{0,50}|.{0,140}\b(?:you|your|us|our|now|today|free|access|read(?:ing)?|continue|news|updates|alerts|account)\b.{0,140})|
                .{0,100}\b(?:your\ inbox|our\ newsletter|free\ newsletter|newsletter\ sign-?up|your\ e-?mail(?:\ address)?)\b.{0,100}|
                get\ (?:our|the|my)\b.{0,30}\b(?:briefing|newsletter|e-?mails?|digest|alerts?)\b.{0,80}|
                .{0,60}\bfree\ articles?\b.{0,60}|your\ (?:daily|weekly)\ (?:dose|digest|briefing|update)\b.{0,80}|already\ a\ (?:subscriber|member)\b.{0,60}|
                start\ your\ free\ trial.{0,80}|get\ started(?:\ (?:today|now|for\ free))?\b.{0,80})""",
        ),
        (
            "app promotion",
            r"""(?:(?:get|download|install|try|open\ (?:in|with))\ (?:the|our|it|now)\b.{0,60}\b(?:app|on\ (?:the\ )?(?:app\ store|google\ play))\b.{0,60}|
                .{0,80}\b(?:app\ store|google\ play|scan\ (?:to|the\ (?:qr\ )?code))\b.{0,80})""",
        ),
        (
            "promotion",
            r"""(?:.{0,80}\b(?:claim|grab|redeem|unlock|get)\ (?:a|an|your|the|up\ to)\b.{0,40}\b(?:bonus|discount|offer|coupon|voucher|gift|reward|deal|off)\b.{0,60}|
                (?:click|tap)\ here\b.{0,80}|.{0,100}\bread\ more\ here\b.{0,20}|.{0,60}\b(?:limited[- ]time|exclusive)\ offer\b.{0,60}|
                (?:buy|shop|order|book)\ (?:now|today|the|our|this)\b.{0,60}|
                (?:try|get|start)\b.{0,40}\bfree\ (?:for|trial)\b.{0,60}|.{0,80}\b(?:upgrade\ now|no\ credit\ card)\b.{0,60})""",
        ),
        ("tags", r"""(?:\w+\ )?(?:tags?|topics?|categories|category|filed\ under|keywords)\s*:.{0,160}"""),
        (
            "social embed",
            r"""[—–-]\ .{1,60}\(@\w+\).{0,40}|.{0,280}\bpic\.(?:twitter|x)\.com/\S*|(?:https?://)?t\.co/\S+|@\w{2,30}""",
        ),
        ("link", r"""(?:!?\[[^\]]*\]\([^)]*\)[\s/|·•>,»›-]*)+|<?https?://\S+>?"""),
    )
)

# Rules that may mask a line even though it reads like prose: all of a rule's patterns have to occur in it.
_PROSE: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = tuple(
    (reason, tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns))
    for reason, patterns in (
        (
            "cookie notice",
            (
                r"\bcookies?\b",
                r"\b(?:we|this (?:site|website|page)|our (?:site|website|partners))\b",
                r"\b(?:accept|consent|agree|preferences|settings|polic(?:y|ies)|browsing|your (?:experience|choices|device)|decline|by (?:continuing|using))\b",
            ),
        ),
        (
            "cookie notice",
            (
                r"\b(?:your privacy|your device|tracking technolog)",
                r"\b(?:partners|consent|store|adverts?|measure|personali[sz]e)\b",
                r"\b(?:we|this site|our)\b",
            ),
        ),
        (
            "donation request",
            (
                r"\b(?:support (?:our|us|independent)|donat(?:e|ion)|your (?:support|gift|contribution)|become a (?:member|supporter|patron))\b",
                r"\b(?:our|us|we)\b",
                r"\b(?:report(?:ing|ers)|journalis[mt]s?|newsroom|independent|stories|work|readers|possible)\b",
                r"\b(?:you|your|gift|donat\w+|today)\b",
            ),
        ),
        (
            "sign-up offer",
            (
                r"^\W*by (?:signing up|subscribing|registering|clicking|continuing)\b",
                r"\byou (?:agree|accept|consent)\b",
            ),
        ),
        (
            "sign-up offer",
            (r"^\W*(?:one e-?mail|a (?:daily|weekly) e-?mail|no spam)\b", r"\b(?:every|each|unsubscribe|week|day)\b"),
        ),
        (
            "sign-up offer",
            (
                r"\b(?:subscribe|sign up|newsletter|register|join (?:us|over|more than|\d)|your (?:inbox|e-?mail)|straight to (?:your|the action|you)|their inbox|"
                r"get straight to|delivered)\b",
                r"\b(?:you|your|we|our|us)\b",
                r"\b(?:newsletter|inbox|daily|weekly|every (?:day|week|morning)|free|e-?mail|unsubscribe|latest|subscribers?)\b",
                r"^(?:\W*)(?:sign|subscribe|get|join|don['’]t|never|stay|want|enjoy(?:ing)?|like|like what|love|our|receive|keep|be the|every|start|"
                r"we |register|enter|the best|did you|become|support|unlock|for more|your)",
            ),
        ),
        (
            "promotion",
            (
                r"\b(?:free (?:analysis|report|guide|trial|e-?book|webinar)|urgent action|find out (?:what|how|why|more|now)|claim your|"
                r"limited[- ]time|use (?:the )?code|special offer|click (?:here|below)|\d+ ?% off|read (?:more|on) here|worth buying)\b",
                r"\b(?:you|your|now|here|today)\b",
                r"\b(?:free|now|today|offer|bonus|discount|buy|sell|order|deal|code)\b",
            ),
        ),
        (
            "investment teaser",
            (
                r"\?",
                r"\b(?:should (?:you|investors|i|we)\b.{0,30}\b(?:buy|sell|hold|invest)|buy or sell|worth (?:buying|it)|time to (?:buy|sell))\b",
                r"^[^.]*[?!:.]*$",
            ),
        ),
        (
            "copyright",
            (r"^\W*(?:©|\(c\)\s*\d{4}|copyright (?:©|\d{4}|by))|\ball rights reserved\b", r"\b(?:\d{4}|reserved)\b"),
        ),
        (
            "disclaimer",
            (
                r"\b(?:affiliate|commission|disclaimer|disclosure|(?:investment|financial|legal|medical) advice)\b",
                r"\b(?:we|this (?:article|site|website|page|post|content)|our|the information)\b",
                r"\b(?:may (?:earn|receive)|not (?:constitute|intended)|informational purposes|links?)\b",
            ),
        ),
    )
)

_BARE_NUMBER = re.compile(r"\[?\d{1,3}\]?|\[\^?\d{1,3}\]:?")
# Markdown's marks for headings, quotes, lists and emphasis around a whole line say nothing about what it is.
_DECORATION = re.compile(r"^(?:#{1,6}\s+|>\s*|[-*+•]\s+|[*_]{1,3}(?=\S))+|(?<=\S)[*_]{1,3}$")
# What an advertiser says right below the word 'Advertisement'.
_PITCH = re.compile(
    r"\b(?:you|your|today|now|free|terms apply|offers?|sale|deals?|order|open an account|ask for|quote|try|discover|"
    r"save|from only|per month|book|visit|call us|shop)\b|!",
    re.IGNORECASE,
)
_MENU = {"navigation", "share bar", "copyright", "sign-up offer", "tags", "link", "menu"}
_PUNCTUATION = re.compile(r"[.,;:|]{1,3}")
# Possessive, and never begun inside a run of blanks: a long one is read once.
_SEPARATOR = re.compile(r"(?<!\s)\s++(?:[/|>»›•·]\s+|[|»›]|/\s*$)|[|»›]\s*|(?<=\w)\s*+>\s*(?=\w)")
_OPENERS = {"advertisement", "link list heading"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank: where it stands in the text, without its surrounding white space."""

    start: int
    end: int
    text: str
    words: int
    is_prose: bool


def find_masks(text: str) -> tuple[Mask, ...]:
    """The debris of `text`, in order and disjoint, each line with the rule that masks it."""
    lines = _lines(text)
    reasons = [_reason(line) for line in lines]
    for step in (_spare_subjects, _mask_numbers, _mask_blocks, _mask_menus, _mask_between, _mask_repeats):
        step(lines, reasons)
    return tuple(Mask(line.start, line.end, reason) for line, reason in zip(lines, reasons, strict=True) if reason)


def _lines(text: str) -> list[_Line]:
    # Neither \v nor \x85 ends a line here: what the judge calls a line is what an editor shows as one.
    return [_line(found.group(), start=found.start()) for found in re.finditer(r"\S(?:[^\r\n]*\S)?", text)]


def _line(text: str, *, start: int) -> _Line:
    words = len(_WORD.findall(text))
    return _Line(start, start + len(text), text, words, words >= PROSE_WORDS and bool(_SENTENCE_END.search(text)))


def _reason(line: _Line) -> str:
    """The rule that masks this line on its own, or an empty string."""
    if len(line.text) > LONGEST_LINE:
        return ""
    plain = _DECORATION.sub("", line.text) or line.text
    if len(line.text) <= LONGEST_SHORT_LINE and (not line.is_prose or line.words <= 14 or "minute read" in line.text):
        lowered = plain.lower()
        for reason, pattern in _SHORT:
            if len(plain) > 1 and pattern.fullmatch(lowered) and not _is_statement(line, reason):
                return reason
    if _is_breadcrumb(line):
        return "navigation"
    if line.words < 3:
        return ""
    for reason, patterns in _PROSE:
        if all(pattern.search(plain) for pattern in patterns):
            return reason
    return ""


def _is_statement(line: _Line, reason: str) -> bool:
    """A short sentence such as 'Share prices fell.' is prose even though it begins like a button."""
    ends = line.text.endswith((".", "”", '"')) and not line.text.endswith("...")
    # 'Did you make this? Rate it below.' asks the reader.
    asks = reason == "navigation" and "?" in line.text
    return (
        ends
        and not asks
        and line.words >= 3
        and reason in {"share bar", "navigation", "image credit", "timestamp", "link list heading", "tags"}
    )


def _is_breadcrumb(line: _Line) -> bool:
    separators = len(_SEPARATOR.findall(line.text))
    if line.text.startswith("|") and line.text.count("|") == 1:
        return line.words <= 3
    if line.is_prose or separators < 2 or (line.text.count("|") > 1 and re.search(r"\d", line.text)):
        return False  # a row of a table has bars too, and figures between them
    return all(len(_WORD.findall(part)) <= 5 for part in _SEPARATOR.split(line.text))


def _spare_subjects(lines: list[_Line], reasons: list[str]) -> None:
    """A document whose prose keeps matching one rule is about cookies, say: a policy, not a page with a banner."""
    prose = [place for place, line in enumerate(lines) if line.is_prose and line.words > 12]
    for subject in {reasons[place] for place in prose} - {""}:
        masked = [place for place in prose if reasons[place] == subject]
        if len(masked) > max(3, len(prose) * 0.25):
            for place in masked:
                reasons[place] = ""


def _mask_numbers(lines: list[_Line], reasons: list[str]) -> None:
    """Footnote numbers that a copied page left on lines of their own, and the full stop stranded behind them."""
    bare = [bool(_BARE_NUMBER.fullmatch(line.text)) for line in lines]
    if sum(bare) > max(3, len(lines) * 0.4):
        return  # a column of figures, not footnotes
    for place, line in enumerate(lines):
        if bare[place]:
            reasons[place] = "stray number"
        elif _PUNCTUATION.fullmatch(line.text) and place and reasons[place - 1]:
            reasons[place] = "stray punctuation"


def _mask_blocks(lines: list[_Line], reasons: list[str]) -> None:
    """What follows 'Advertisement' or 'Most read' belongs to it, until prose begins again."""
    for place, reason in enumerate(list(reasons)):
        if reason in _OPENERS:
            _mask_block(lines, reasons, place)


def _mask_block(lines: list[_Line], reasons: list[str], opener: int) -> None:
    for place in range(opener + 1, min(opener + 1 + LONGEST_BLOCK, len(lines))):
        if reasons[place]:
            continue
        if place <= opener + 2 and reasons[opener] == "advertisement" and _is_pitch(lines[place]):
            reasons[place] = "after advertisement"
            continue
        # A sentence, even a short one, is given the benefit of the doubt; a headline or a link is not.
        if lines[place].is_prose or lines[place].text.endswith((".", "”", '"')) or lines[place].words > 18:
            return
        # One short line directly before prose may be the heading of what comes next.
        if place + 1 < len(lines) and lines[place + 1].is_prose and not reasons[place + 1]:
            return
        reasons[place] = f"after {reasons[opener]}"


def _is_pitch(line: _Line) -> bool:
    return line.words <= 40 and len(_PITCH.findall(line.text)) >= 2


def _mask_menus(lines: list[_Line], reasons: list[str]) -> None:
    """One or two capitalised words beside a masked menu line, at the head or the foot of the page, are its siblings."""
    edge = min(12, len(lines) // 3)
    for places in (
        range(edge),
        range(edge - 1, -1, -1),
        range(len(lines) - edge, len(lines)),
        range(len(lines) - 1, len(lines) - edge - 1, -1),
    ):
        for before, place in zip(places, list(places)[1:], strict=False):
            line = lines[place]
            if (
                reasons[before] in _MENU
                and not reasons[place]
                and re.fullmatch(r"[A-Z][\w+&'’-]*(?: [\w+&'’-]+)?", line.text)
            ):
                reasons[place] = "menu"


def _mask_between(lines: list[_Line], reasons: list[str]) -> None:
    """A few words between two masked lines ('TheOutpost.ai' above a slogan) belong to the debris around them."""
    for place in range(1, len(lines) - 1):
        line = lines[place]
        around = {reasons[place - 1], reasons[place + 1]}
        weak = around & {"", "stray number", "stray punctuation", "timestamp", "image credit", "markup", "link"}
        if not reasons[place] and not weak and line.words <= 5 and not _SENTENCE_END.search(line.text):
            reasons[place] = "between masked lines"


def _mask_repeats(lines: list[_Line], reasons: list[str]) -> None:
    """A headline that stands again right below itself, as under a breadcrumb, is kept once."""
    for place, line in enumerate(lines[:15]):
        above = {other.text for other in lines[max(0, place - 3) : place]}
        if not reasons[place] and not line.is_prose and line.words >= 4 and line.text in above:
            reasons[place] = "repeated line"
