# sources.py -- Debian's source packages, for suites that no binary package has.
#
# SPDX-License-Identifier: Apache-2.0
"""apt verifies signatures and hashes; it works on lists of its own, so no root is needed and the
machine's settings stay. What is fetched stays in .cache/ and is never committed.
"""
import shutil
import subprocess
from pathlib import Path

from suite import Missing


def apt_options(work):
    """apt with deb-src for each source of packages of this machine."""
    parts = work / "parts"
    for folder in (parts, work / "lists" / "partial", work / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    for path in Path("/etc/apt/sources.list.d").glob("*.sources"):
        text = "\n".join("Types: deb-src" if line.startswith("Types:") else line
                         for line in path.read_text().split("\n"))
        (parts / path.name).write_text(text)
    for path in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.list")):
        lines = path.read_text().split("\n") if path.exists() else []
        own = [line.replace("deb ", "deb-src ", 1) for line in lines if line.startswith("deb ")]
        (parts / f"{path.stem}.list").write_text("\n".join(own) + "\n")
    options = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": parts,
               "Dir::State::Lists": work / "lists", "Dir::Cache": work / "cache",
               "APT::Sandbox::User": ""}
    return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def versions(package, options):
    """What there is of a source package, the newest first; the newest may be gone meanwhile."""
    said = subprocess.run(["apt-cache", *options, "showsrc", package], capture_output=True,
                          text=True, check=False)
    found = [line.split()[1] for line in said.stdout.split("\n") if line.startswith("Version:")]
    return sorted(found, reverse=True)


def fetch(cache, package, tarball):
    """Unpacks the upstream part of a source package, whose name is like `tarball`; its folder."""
    folder = cache / "sources" / package
    if (folder / "done").exists():
        return folder / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    work = cache / "apt"
    options = apt_options(work)
    subprocess.run(["apt-get", *options, "-qq", "update"], capture_output=True, check=False)
    for version in versions(package, options):
        subprocess.run(["apt-get", *options, "-qq", "source", "--download-only",
                        f"{package}={version}"], cwd=folder, capture_output=True, check=False)
        if any(folder.glob(tarball)):
            break
    found = sorted(folder.glob(tarball))
    if not found:
        raise Missing(f"no source package {package}")
    (folder / "tree").mkdir()
    subprocess.run(["tar", "-C", folder / "tree", "--strip-components=1", "-xf", found[0]],
                   check=True)
    (folder / "done").touch()
    return folder / "tree"


def fetch_binary(cache, *packages):
    """Unpacks binary packages without installing them; their common root. NAME or NAME=VERSION."""
    root = cache / "binaries" / "-".join(name.split("=")[0] for name in packages)
    if (root / "done").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=", "download", *packages], cwd=root,
                   capture_output=True, check=False)
    found = sorted(root.glob("*.deb"))
    if len(found) != len(packages):
        raise Missing("no packages " + ", ".join(packages))
    for package in found:
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    (root / "done").touch()
    return root
