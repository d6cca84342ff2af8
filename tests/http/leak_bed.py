"""Services on the whole of a made knowledge base and on what one audience may read of it, and the scripts run on both."""
import json
import re
import shutil
import statistics

import leak_routes
from leak_kb import Kb
from leak_twins import Twins
from service import ROOT, Service

SEED = 7
TAGGED = ("/v1/articles/{}", "/a/{}")


def known_routes():
    """Every route that the program has: as its description says, and as its tables of pages say."""
    api = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    found = {f"{method.upper()} {path}" for path, methods in api.items() for method in methods if method in ("get", "post", "put", "patch", "delete")}
    for source in sorted((ROOT / "src" / "http").rglob("*.c")):
        found |= {f"{method} {path}" for method, path in
                  re.findall(r'^\s*\{"(GET|POST|PUT|PATCH|DELETE)", "(/[^"]*)", spi_', source.read_text(encoding="utf-8"), re.M)}
    return found


def serve(kb, reader, tokens, folder=None, options=()):
    """A running service; tokens: of (audience, role)."""
    service = Service(*options)
    service.log = "none"
    shutil.rmtree(service.kb)
    kb.write(service.kb, reader) if folder is None else shutil.copytree(folder, service.kb)
    service.tokens = {pair: service.token(*pair) for pair in tokens}
    return service.start()


def tags(service, kb, token):
    """What a reader of everything gets as tags, by address."""
    client = service.client(token)
    got = []
    for id in kb.ids():
        for pattern in TAGGED:
            reply = client.get(pattern.format(id))
            if reply["ETag"]:
                got.append((pattern.format(id), reply["ETag"]))
    client.close()
    return got


def run(kb, audience, whole, stripped, pair=None, only=None, away=True):
    """All scripts as this audience; the twins with what they found."""
    tokens = (whole.tokens[pair], stripped.tokens[pair]) if pair else (None, None)
    twins = Twins(kb, audience, whole, stripped, tokens, away)
    twins.agent = bool(pair) and pair[1] == "agent"
    twins.routes = sorted(leak_routes.ROUTES)
    ammunition = leak_routes.Ammunition(kb, audience, SEED)
    more = whole.tokens.get(("agent-l2", "agent"))
    ammunition.tagged = tags(whole, kb, more) if more else []
    ammunition.etags = [tag for _, tag in ammunition.tagged]
    for route, script in {**leak_routes.ROUTES, **leak_routes.ALSO}.items():
        if only is None or route in only:
            twins.begin(route)
            script(twins, ammunition)
    twins.close()
    return twins


def told(twins, most=6):
    """What was found, in words; "" for nothing."""
    lines = []
    for what, piece, where in twins.found[:most]:
        lines.append(f"{twins.audience} was shown {piece} ({where}) by {what}")
    for what, body, whole, stripped in twins.unlike[:most]:
        lines.append(f"{twins.audience}: {what} {body or ''} is answered otherwise than without what is hidden:\n{difference(whole, stripped)}")
    if lines:
        lines.append(f"in all {len(twins.found)} words and {len(twins.unlike)} differences in {twins.asked} requests")
    return "\n".join(lines)


def difference(whole, stripped, around=160):
    at = next((i for i, (a, b) in enumerate(zip(whole, stripped)) if a != b), min(len(whole), len(stripped)))
    return "\n".join("    " + side[max(0, at - around):at + around].replace("\n", "\\n") for side in (whole, stripped))


def ratio(times):
    """How much longer what is hidden takes than what is not there, at the median."""
    return statistics.median(a for a, _ in times) / statistics.median(b for _, b in times) if times else 1.0


__all__ = ["Kb", "SEED", "known_routes", "ratio", "run", "serve", "tags", "told"]
