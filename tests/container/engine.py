"""engine.py -- podman with a storage of its own, as far as it works here.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import shutil
import subprocess

BASE = "localhost/debian:bookworm"
# How containers may have to be run: where this machine is one itself, limits
# cannot be raised and cgroups may be of both kinds.
LIMITS = ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]
WAYS = (("crun", []), ("runc", []), ("crun", LIMITS), ("runc", LIMITS))


class Skipped(Exception):
    """It cannot be tried here, and why."""


def base_archive(folder):
    """A small Debian as a tar file, made from its mirror and kept."""
    archive = folder / "base.tar"
    if archive.exists():
        return archive
    root = folder / "base"
    shutil.rmtree(root, ignore_errors=True)
    log = folder / "debootstrap.log"
    with open(log, "w") as output:
        result = subprocess.run(
            ["debootstrap", "--variant=minbase",
             os.environ.get("POLICYD_SUITE", "bookworm"), str(root),
             os.environ.get("POLICYD_MIRROR",
                            "http://deb.debian.org/debian")],
            stdout=output, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        raise Skipped(f"debootstrap failed, see {log}")
    part = folder / "base.tar.part"
    subprocess.run(
        ["tar", "-C", str(root), "--exclude=./proc/*", "--exclude=./sys/*",
         "--exclude=./dev/*", "--exclude=./var/cache/apt/archives/*.deb",
         "-cf", str(part), "."], check=True)
    shutil.rmtree(root)
    part.rename(archive)
    return archive


class Engine:
    """podman, with what it keeps below a folder."""

    def __init__(self, folder):
        if os.geteuid() != 0:
            raise Skipped("that needs root")
        for program in ("podman", "debootstrap"):
            if shutil.which(program) is None:
                raise Skipped(f"there is no {program}")
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.way = []
        archive = base_archive(self.folder)
        if self("image", "exists", BASE, status=None).returncode != 0:
            self("import", str(archive), BASE)
        self._find_way()

    def __call__(self, *arguments, status=0, **options):
        """Run podman; its exit status must be as said, unless None."""
        result = subprocess.run(
            ["podman", "--root", str(self.folder / "storage"), "--runroot",
             str(self.folder / "run"), "--cgroup-manager=cgroupfs",
             "--events-backend=none", *self._runtime(),
             *map(str, arguments)],
            text=True, capture_output=True, **options)
        assert status in (None, result.returncode), \
            f"{arguments}: exit status {result.returncode}\n{result.stderr}"
        return result

    def _runtime(self):
        return ["--runtime", self.way[0]] if self.way else []

    def _find_way(self):
        for runtime, limits in WAYS:
            if shutil.which(runtime) is None:
                continue
            self.way = (runtime, limits)
            tried = self("run", "--rm", "--network=host", *limits, BASE,
                         "true", status=None)
            if tried.returncode == 0:
                return
        raise Skipped(f"podman runs no container here: {tried.stderr}")

    def build(self, tag, file, context):
        self("build", "--format", "docker", "--network=host", *self.way[1],
             "--build-arg", f"BASE={BASE}", "-t", tag, "-f", file, context)

    def run(self, *arguments, **options):
        """podman run, on the network of this host."""
        return self("run", "--network=host", *self.way[1], *arguments,
                    **options)
