"""What a reader of a page sees becomes its text, line for line; what surrounds the article is masked, prose never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentError
from index.webpages import OUTSIDE, Webpage, read_webpage

FIRST = "The harbour board said on Monday that the new crane will lift its first container before the end of May."
SECOND = "Its chair told reporters that the crane had cost nine million euros, which is two million more than planned."
THIRD = "Nobody at the meeting could say whether the old crane will be sold or kept as a monument beside the quay."
ASIDE = "Sign up for our morning letter and get the best stories of the coast in your inbox before breakfast."


def page(body: str, *, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def article(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in (FIRST, SECOND, *paragraphs, THIRD))


def masked(found: Webpage) -> list[str]:
    assert {mask.reason for mask in found.masks} <= {OUTSIDE}
    return [found.text[mask.start : mask.end] for mask in found.masks]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One <b>bo</b>ld\n   and  <a href='/'>linked</a>.</p>", "One bold and linked."),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("<p>One<br>two<br/>three</p>", "One\ntwo\nthree"),
        ("<p>One<br><br>Two</p>", "One\n\nTwo"),
        ("<p> a <b> b </b> c</p>", "a b c"),
        ("<p>5&nbsp;km &amp; more</p>", "5\u00a0km & more"),
        ("<pre>\ndef f():\n    return  1\n</pre><p>x</p>", "def f():\n    return  1\n\nx"),
        ("<ul><li>One</li><li>Two</li></ul><p>Three</p>", "- One\n- Two\n\nThree"),
        ("<ul><li>One<ol><li>Inner</li></ol></li><li>Two</li></ul>", "- One\n- Inner\n- Two"),
        ("<dl><dt>Term</dt><dd>Meaning</dd></dl>", "Term\nMeaning"),
        ("<table><tr><th>Year<th>Sum</tr><tr><td>2024<td><b>5</b> bn</tr></table>", "Year | Sum\n2024 | 5 bn"),
        ("<table><tr><td>a<td><td><p>c</p></tr></table>", "a | | c"),
        ("<table><tr><td><h2>Left</h2><p>one</p></td><td><p>two</p></td></tr></table>", "Left\n\none\n\ntwo"),
        ("<h1>Title</h1>text<h2>Sub</h2>", "Title\n\ntext\n\nSub"),
        ("<p>a</p><script>b</script><style>c</style><template>d</template><noscript>e</noscript>", "a"),
        ("<p>a</p><!-- b --><?php c ?><p hidden>d</p><p style='Display : NONE'>e</p><dialog>f</dialog>", "a"),
        ("<p>a<span hidden>b</span>c</p><p hidden='until-found'>d</p>", "ac\n\nd"),
        ("<p>a<select><option>b</select><svg><text>c</text></svg>d</p>", "ad"),
        ("<p>NUL\0 and &#0; here</p>", "NUL\ufffd and \ufffd here"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_browser_shows(body: str, text: str) -> None:
    assert read_webpage(page(body, head="<title>never shown</title>")).text == text


@pytest.mark.parametrize("markup", ["", "  \n", "<!-- nothing -->", "<html></html>"])
def test_a_page_without_text_is_empty(markup: str) -> None:
    assert read_webpage(markup).text == ""


def test_an_xml_declaration_is_no_obstacle() -> None:
    assert read_webpage('<?xml version="1.0" encoding="latin-1"?><html><body><p>Käse</p></body></html>').text == "Käse"


def test_what_surrounds_the_article_is_masked_and_nothing_else() -> None:
    body = f"""<nav><ul><li><a>Home</a></li><li><a>Sport</a></li></ul></nav><article><header><h1>The crane</h1>
        <p>By Jo Moss</p></header>{article(f"<aside>{ASIDE}</aside>")}</article><footer>Coast Post 2025</footer>"""
    found = read_webpage(page(body))
    assert found.text == "\n\n".join(
        ["- Home\n- Sport", "The crane", "By Jo Moss", FIRST, SECOND, ASIDE, THIRD, "Coast Post 2025"]
    )
    assert masked(found) == ["- Home", "- Sport", ASIDE, "Coast Post 2025"]


@pytest.mark.parametrize("attribute", ["class", "id"])
@pytest.mark.parametrize("name", ["cookie-banner", "newsletterBox", "RelatedLinks", "post__comments", "big ad"])
def test_prose_in_an_element_with_a_telling_name_is_masked(
    name: str, attribute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.webpages._article", lambda _: f"{FIRST}\n{SECOND}\n{THIRD}")
    found = read_webpage(page(f"<main>{article()}</main><div {attribute}='{name}'><p>{ASIDE}</p></div>"))
    assert masked(found) == [ASIDE]


def test_prose_without_such_a_name_is_kept_though_trafilatura_leaves_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.webpages._article", lambda _: f"{FIRST}\n{SECOND}")
    stray = "Tickets for the harbour tour cost twelve euros and are sold at the gate from nine in the morning."
    found = read_webpage(page(f"{article()}<p>{stray}</p><p>Gate 4</p><div role='complementary'>{ASIDE}</div>"))
    assert masked(found) == ["Gate 4", ASIDE]


def test_parts_amid_the_article_are_kept_and_links_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.webpages._article", lambda _: f"{FIRST}\n{THIRD}")
    amid = "<h2>Costs</h2><table><tr><td>Crane<td>9</tr></table><pre>lift()</pre><p>It took all of May.</p>"
    links = "<h3><a href='/x'>Read this too</a></h3><p>Gate 4</p>"
    found = read_webpage(page(f"<p>{FIRST}</p>{amid}{links}<p>{THIRD}</p><h2>After</h2>"))
    assert masked(found) == ["Read this too", "Gate 4", "After"]


def test_a_wrapper_of_the_article_is_none_of_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.webpages._article", lambda _: f"{FIRST}\n{SECOND}")
    found = read_webpage(page(f"<form class='has-sidebar'>{article()}<p>Gate 4</p></form>"))
    assert masked(found) == ["Gate 4"]


@pytest.mark.parametrize("extraction", ["", "Gate 4", FIRST])
def test_nothing_is_masked_where_trafilatura_found_too_little(extraction: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.webpages._article", lambda _: extraction)
    found = read_webpage(page(f"<p>Gate 4</p><nav>Home</nav><p>{FIRST}</p>" + f"<p>{SECOND} {THIRD}</p>" * 4))
    assert found.masks == ()


def test_a_failure_of_trafilatura_costs_only_the_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    found = read_webpage(page(f"<h1>The crane</h1>{article()}<nav>Home</nav>"))
    assert (found.title, found.masks) == ("The crane", ())
    assert found.text.endswith(f"{THIRD}\n\nHome")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<meta property='og:title' content='From og'><title>T</title>", "<h1>H</h1>", "From og"),
        ("<title>The crane | Coast Post</title>", "<h1>Coast Post</h1><h1>The crane</h1>", "The crane"),
        ("<title>The crane\n lifts</title>", "<h1>Coast Post</h1>", "The crane lifts"),
        ("", "<h1>The <i>crane</i></h1>", "The crane"),
        ("", "<h1>One</h1><h1>Two</h1><h2>Three</h2>", ""),
    ],
)
def test_title(head: str, body: str, title: str) -> None:
    assert read_webpage(page(body + article(), head=head)).title == title


@pytest.mark.parametrize(
    ("head", "uri"),
    [
        ("<link rel='canonical' href=' https://e.example/a '>", "https://e.example/a"),
        (
            "<meta property='og:url' content='https://e.example/b'><link rel='canonical' href='/a'>",
            "https://e.example/b",
        ),
        ("<base href='https://e.example/'><link rel='canonical' href='/a'>", ""),
        ("<link rel='canonical' href='javascript:alert(1)'>", ""),
    ],
)
def test_address(head: str, uri: str) -> None:
    assert read_webpage(page(article(), head=head)).uri == uri


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("<meta property='article:published_time' content='2025-09-24T23:30:00-08:00'>", "", "2025-09-24"),
        ("<meta name='DC.date.issued' content='2025-09-24'>", "", "2025-09-24"),
        ('<script type=\'application/ld+json\'>{"datePublished" : "2025-09-24"}</script>', "", "2025-09-24"),
        ("<link rel='canonical' href='https://e.example/2025/09/24/crane'>", "", "2025-09-24"),
        ("", "<time datetime='2025-09-24'>yesterday</time>", "2025-09-24"),
        ("", "<p>Published: 24 September 2025</p>", "2025-09-24"),
        # A day that is told of, a change, a copyright and a day that never was are no day of publication.
        ("", "<p>On 24 September 2025 the board met and agreed to buy the crane without any further delay.</p>", ""),
        ("<meta property='article:modified_time' content='2025-09-24'>", "", ""),
        ("", "<p>Updated: 24 September 2025</p>", ""),
        ("", "<p>© 2025 Coast Post</p>", ""),
        ("<meta property='article:published_time' content='2025-02-30'>", "", ""),
    ],
)
def test_published(head: str, body: str, published: str) -> None:
    assert read_webpage(page(f"<article><h1>T</h1>{body}{article()}</article>", head=head)).published == published


def test_deep_pages_are_read_and_the_deepest_refused() -> None:
    deep = read_webpage(page("<div>" * 1500 + article() + "</div>" * 1500))
    assert (deep.text, deep.masks) == (f"{FIRST}\n\n{SECOND}\n\n{THIRD}", ())
    with pytest.raises(DocumentError, match="elements nested too deeply"):
        read_webpage(page("<div>" * 50_000 + "lost"))


def test_a_page_with_too_many_elements_is_read_whole() -> None:
    found = read_webpage(page(f"<nav>Home</nav>{article()}" + "<p>x</p>" * 50_000))
    assert len(found.text) == len(f"Home\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}") + 50_000 * 3
    assert found.masks == ()


TAGS = ("p", "div", "ul", "li", "table", "tr", "td", "nav", "h1", "pre", "b", "br", "form", "span", "article", "select")
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(TAGS).flatmap(lambda tag: st.sampled_from((f"<{tag}>", f"</{tag}>", f"<{tag} class='ad'>"))),
        st.sampled_from((FIRST, SECOND, "Home", "a < b & c", "\0", "<", "&#xD800;", "-->")),
        st.text(max_size=5),
    ),
    max_size=40,
).map("".join)


@given(MARKUP)
def test_any_markup_gives_sorted_disjoint_masks_over_whole_lines(markup: str) -> None:
    found = read_webpage(markup)
    place = 0
    for mask in found.masks:
        assert place <= mask.start < mask.end <= len(found.text)
        assert found.text[mask.start - 1 : mask.start] in ("", "\n")
        assert found.text[mask.end : mask.end + 1] in ("", "\n")
        place = mask.end
    assert not found.text or found.text == found.text.strip(" \n") or "<pre" in markup
