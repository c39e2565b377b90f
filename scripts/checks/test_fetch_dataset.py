#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs scripts/fetch-dataset against small archives of our own; needs no network."""

import hashlib
import os
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

SCRIPT = pathlib.Path(__file__).parents[1] / "fetch-dataset"


class FetchDataset(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = pathlib.Path(folder.name) / "server"
        self.target = pathlib.Path(folder.name) / "target"
        self.server.mkdir()

    def publish(self, name, members, md5=None):
        path = self.server / (name + ".zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, lines in members.items():
                archive.writestr(member, "x\n" * lines)
        md5 = md5 or hashlib.md5(path.read_bytes()).hexdigest()
        if md5 != "none":
            pathlib.Path(str(path) + ".md5").write_text(f"MD5 ({name}.zip) = {md5}\n")

    def fetch(self, name):
        run = subprocess.run([SCRIPT, name, self.target], capture_output=True, text=True,
                             env={**os.environ, "MACAW_FETCH_BASE": self.server.as_uri()})
        return run.returncode, run.stderr

    def refuses(self, name, why):
        code, said = self.fetch(name)
        self.assertEqual((code, why in said), (1, True), said)
        self.assertEqual(list(self.target.iterdir()), [], "something was left behind")

    def test_unpacks_and_needs_no_second_download(self):
        self.publish("ml-100k", {"ml-100k/u.data": 100000, "ml-100k/u.item": 1682})
        code, said = self.fetch("ml-100k")
        self.assertEqual(code, 0, said)
        self.assertIn("as published", said)
        self.assertTrue((self.target / "ml-100k" / "u.data").is_file())
        (self.server / "ml-100k.zip").unlink()
        code, said = self.fetch("ml-100k")
        self.assertEqual((code, "already there" in said), (0, True), said)

    def test_ml10m_lands_where_its_archive_says(self):
        self.publish("ml-10m", {"ml-10M100K/ratings.dat": 10000054, "ml-10M100K/movies.dat": 10681})
        code, said = self.fetch("ml10m")
        self.assertEqual(code, 0, said)
        self.assertTrue((self.target / "ml-10M100K" / "movies.dat").is_file())

    def test_sets_that_grow_have_no_fixed_counts_and_a_heading(self):
        self.publish("ml-latest-small",
                     {"ml-latest-small/ratings.csv": 8, "ml-latest-small/movies.csv": 3}, "none")
        code, said = self.fetch("ml-latest-small")
        self.assertEqual(code, 0, said)
        self.assertIn("7 ratings", said)

    def test_wrong_sum(self):
        self.publish("ml-100k", {"ml-100k/u.data": 100000, "ml-100k/u.item": 1682}, "0" * 32)
        self.refuses("ml-100k", "nothing was unpacked")

    def test_no_sum(self):
        self.publish("ml-100k", {"ml-100k/u.data": 100000, "ml-100k/u.item": 1682}, "none")
        self.refuses("ml-100k", "cannot read the published sum")

    def test_wrong_count(self):
        self.publish("ml-100k", {"ml-100k/u.data": 99999, "ml-100k/u.item": 1682})
        self.refuses("ml-100k", "found 99999 ratings, expected 100000")

    def test_missing_file(self):
        self.publish("ml-100k", {"ml-100k/u.data": 100000})
        self.refuses("ml-100k", "is not in the archive")

    def test_nothing_to_download(self):
        self.refuses("ml10m", "is there a network?")

    def test_unknown_name(self):
        code, said = self.fetch("ml-20m")
        self.assertEqual((code, "usage:" in said), (1, True), said)


if __name__ == "__main__":
    unittest.main()
