"""Runs the scripts as one audience, in a process of its own: two of them keep two processors busy. Prints what it found as JSON."""
import json
import sys

from leak_bed import SEED, Kb, ratio, run, serve, told


def main(audience, role):
    kb = Kb(SEED)
    pair = [(audience, role)] if role != "none" else []
    whole, stripped = serve(kb, None, [("agent-l2", "agent"), *pair]), serve(kb, audience, pair)
    try:
        twins = run(kb, audience, whole, stripped, pair[0] if pair else None)
    finally:
        whole.remove()
        stripped.remove()
    print(json.dumps({"told": told(twins), "asked": twins.asked, "ratio": ratio(twins.times), "least": min(twins.per_route.values())}))


if __name__ == "__main__":
    main(*sys.argv[1:])
