#!/usr/bin/env python3
"""Draws a flame graph (SVG) of what `perf script` prints.

    perf script -i perf.data | Scripts/flamegraph.py TITLE > graph.svg

Each box is a function; its width is the share of samples in which it was running or waited for what stands above it.
Boxes beside each other are in the order of their names, not of time. Needs nothing but Python's standard library.
"""
import html
import re
import subprocess
import sys

WIDTH, ROW, FONT, LEAST = 1200, 17, 11, 0.3


def stacks(lines):
    """Yields each sample's frames, outermost first."""
    frames, inside = [], False
    for line in lines:
        if not line.strip():
            if inside and frames:
                yield list(reversed(frames))
            frames, inside = [], False
        elif line[0] in " \t" and inside:
            match = re.match(r"\s+[0-9a-f]+ (.*?)(\+0x[0-9a-f]+)? \(([^()]*)\)?\s*$", line)
            if match:
                name = match.group(1)
                frames.append("[" + match.group(3).rsplit("/", 1)[-1] + "]" if name == "[unknown]" else name)
        else:
            inside = True
    if inside and frames:
        yield list(reversed(frames))


def folded(samples):
    tree = {"count": 0, "below": {}}
    names = set()
    for frames in samples:
        node = tree
        node["count"] += 1
        last = None
        for name in frames:
            # A function that calls itself is one box.
            if name == last:
                continue
            last = name
            names.add(name)
            node = node["below"].setdefault(name, {"count": 0, "below": {}})
            node["count"] += 1
    return tree, names


def readable(names):
    """Swift's names as a person reads them, where the tool is there."""
    names = sorted(names)
    try:
        done = subprocess.run(
            ["swift-demangle", "--simplified", "--compact"], input="\n".join(names), capture_output=True, text=True)
    except OSError:
        return {}
    lines = done.stdout.split("\n")
    return dict(zip(names, lines)) if done.returncode == 0 and len(lines) >= len(names) else {}


def colour(name):
    kind = 0
    if name.startswith("swift_") or "swift::" in name:
        kind = 1
    elif "yaml" in name or "sqlite" in name:
        kind = 2
    elif name in ("malloc", "free", "realloc", "cfree") or name.startswith(("_int_", "malloc_", "__libc_")):
        kind = 3
    base = ((226, 132, 64), (205, 180, 90), (120, 160, 205), (170, 150, 200))[kind]
    shift = sum(name.encode()) % 24 - 12
    return "rgb(%d,%d,%d)" % tuple(max(0, min(255, part + shift)) for part in base)


def boxes(node, depth, left, scale, words, out):
    deepest = depth
    for name in sorted(node["below"]):
        child = node["below"][name]
        width = child["count"] * scale
        if width >= LEAST:
            out.append((name, depth, left, width, child["count"]))
            deepest = max(deepest, boxes(child, depth + 1, left, scale, words, out))
        left += width
    return deepest


def main(title):
    tree, names = folded(stacks(sys.stdin))
    total = tree["count"]
    if total == 0:
        sys.exit("flamegraph: no samples")
    words, out = readable(names), []
    depth = boxes(tree, 0, 0.0, WIDTH / total, names, out)
    height = (depth + 3) * ROW
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
          f'font-family="monospace" font-size="{FONT}">')
    print(f'<rect width="100%" height="100%" fill="white"/><text x="4" y="{ROW - 4}">'
          f"{html.escape(title)}: {total} samples</text>")
    for name, level, left, width, count in out:
        text = words.get(name, name)
        y = height - (level + 1) * ROW
        share = 100 * count / total
        label = text if len(text) * FONT * 0.6 < width else text[: max(0, int(width / (FONT * 0.6)) - 1)]
        print(f'<g><title>{html.escape(text)}: {share:.1f} % ({count})</title>'
              f'<rect x="{left:.1f}" y="{y}" width="{max(width - 0.4, 0.2):.1f}" height="{ROW - 1}" '
              f'fill="{colour(name)}"/>'
              + (f'<text x="{left + 2:.1f}" y="{y + ROW - 5}">{html.escape(label)}</text>' if len(label) > 2 else "")
              + "</g>")
    print("</svg>")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "flame graph")
