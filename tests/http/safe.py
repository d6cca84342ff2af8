"""HTML that came out of what people wrote: what an article may hold, and what a page of ours may."""
import html.parser
import re

TAGS = {"a", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "span", "strong",
        "table", "tbody", "td", "th", "thead", "tr", "ul"}
ATTRIBUTES = {"align", "alt", "class", "data-audience", "href", "id", "lang", "src", "start", "title"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href", "poster"}


def is_program(address):
    """As a browser reads it: blanks and controls before and within the scheme do not count."""
    return re.match(r"(javascript|vbscript|data|file):", re.sub(r"[\x00-\x20]", "", address or ""), re.I) is not None


class _Reader(html.parser.HTMLParser):
    def __init__(self, whole_page):
        super().__init__(convert_charrefs=True)
        self.whole_page, self.found = whole_page, []

    def handle_starttag(self, tag, attributes):
        if not self.whole_page and tag not in TAGS:
            self.found.append(f"<{tag}>")
        if tag in ("base", "object", "embed", "applet", "frame", "iframe"):
            self.found.append(f"<{tag}>")
        names = dict(attributes)
        if tag == "script" and not re.match("/[^/]", names.get("src") or "") and names.get("type") not in ("application/ld+json", "application/json"):
            self.found.append("a script in the page")
        for name, value in attributes:
            if (name not in ATTRIBUTES and not self.whole_page) or name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append(f"{tag} {name}")
            if name in ADDRESSES and is_program(value):
                self.found.append(f"{name}={value[:60]}")


def unsafe_in_fragment(text):
    """What an article's HTML may not have; an empty list where it is safe."""
    reader = _Reader(False)
    reader.feed(text.replace("<!-- raw HTML omitted -->", ""))
    reader.close()
    return reader.found


def unsafe_in_page(text):
    """What no page of ours may have: scripts in it, handlers, styles of elements, addresses that are programs."""
    reader = _Reader(True)
    reader.feed(text)
    reader.close()
    return reader.found
