#!/usr/bin/env python3
"""Makes core/data/catalogue.txt and its report from the tables in ../shared/catalog.

    python3 tools/catalogue/generate.py [--check] [--sources FOLDER]

`--check` writes nothing and fails where the committed files differ. Python 3.10 or newer, no package.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

import merge
import read_genai
import read_litellm
import read_models_dev
import report
import write

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def load(folder: Path, name: str) -> Any:
    path = folder / name
    raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    return json.loads(raw)


def generate(folder: Path) -> dict[Path, str]:
    """The committed files and their text."""
    config = json.loads((HERE / "sources.json").read_text(encoding="utf-8"))
    kinds = re.findall(r"^\[([^\].]+)\]$", (ROOT / "core/data/kinds.toml").read_text(encoding="utf-8"), re.M)
    names = {source: row["file"] for source, row in config["sources"].items()}
    litellm, left_out = read_litellm.read(load(folder, names["litellm"]))
    sources = merge.Sources(
        litellm,
        read_genai.read(load(folder, names["genai"])),
        read_models_dev.read(load(folder, names["models_dev"])),
        read_models_dev.openrouter(load(folder, names["openrouter"])),
    )
    outcome = merge.build(config, sources, kinds)
    outcome.modes_left_out.update({f"litellm: mode {mode}": count for mode, count in left_out.items()})
    return {
        ROOT / "core/data/catalogue.txt": write.table(outcome.kinds, config["date"]),
        ROOT / "core/data/catalogue_report.md": report.text(config, sources, outcome, kinds),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--sources", type=Path, default=ROOT.parent / "shared" / "catalog")
    arguments = parser.parse_args()
    if not arguments.sources.is_dir():
        print(
            f"{arguments.sources} is not here: it holds the tables the catalogue is made from",
            file=sys.stderr,
        )
        return 2
    files = generate(arguments.sources)
    stale = [
        path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if arguments.check:
        for path in stale:
            print(
                f"{path.relative_to(ROOT)} is out of date; refresh it with `make catalogue`", file=sys.stderr
            )
        return 1 if stale else 0
    for path in stale:
        path.write_text(files[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
