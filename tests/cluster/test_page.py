"""The page at /docs in a real browser: it loads without a token, lists the operations, and asks this very server."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from clusters import PROGRAM, SLURM_LAB, Cluster, lab_environment
from conftest import refuse

ADDRESS = "127.0.0.1:7080"
DRIVER = Path(__file__).with_name("page_driver.py")
PACKAGES = ("chromium", "chromium-driver")


@pytest.fixture(scope="module")
def browser() -> None:
    """Debian's Chromium, installed where it is not."""
    if all(map(shutil.which, ("chromium", "chromedriver"))):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", *PACKAGES)):
        done = subprocess.run(["apt-get", *words], capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            refuse(f"no Chromium here: {done.stderr.strip()[-200:]}")


@pytest.fixture
def served(cluster: Cluster) -> Iterator[str]:
    """The program listening in the cluster."""
    argv = [str(SLURM_LAB), "exec", cluster.release, "-u", "slurmrestd", "--", PROGRAM, ADDRESS]
    server = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=lab_environment())
    time.sleep(2)
    yield f"http://{ADDRESS}"
    server.terminate()
    server.wait(timeout=30)


@pytest.mark.parametrize("cluster", ["26.05"], indirect=True)
@pytest.mark.usefixtures("browser")
def test_a_person_reads_the_page_and_sends_a_ping(cluster: Cluster, served: str, tmp_path: Path) -> None:
    pid = cluster.root.parts[2]
    argv = ["nsenter", "--target", pid, "--net", sys.executable, str(DRIVER), f"{served}/docs", str(tmp_path)]
    done = subprocess.run(argv, input=cluster.token("alice"), capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["title"].startswith(f"Slurm REST API, Slurm-{cluster.release}")
    assert seen["versions"] == sorted(seen["versions"], reverse=True)
    newest = seen["versions"][0]
    assert f"/slurm/{newest}/job/submit" in [path.replace("\u200b", "") for path in seen["operations"]]
    assert seen["status"].startswith("200")
    assert '"responding": true' in seen["answer"]
    assert not seen["token_shown"]
    assert seen["stored"] == [0, 0, ""]
    assert seen["widths"][0] <= seen["widths"][1]
    assert seen["light"] != seen["dark"]
    assert seen["complaints"] == []
    assert {urlsplit(url).netloc for url in seen["asked"] if not url.startswith("data:")} == {ADDRESS}
    assert all("alice" not in url for url in seen["asked"])
