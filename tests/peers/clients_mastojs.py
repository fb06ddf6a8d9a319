"""masto.js, the library of Elk and Phanpy, against one running node: `mastojs_client.mjs` has the checks."""

import os
import shutil
import subprocess
import sys
import tempfile

import node
from checks import finish
from pictures import png

SECONDS = 120


def make_video(folder):
    """A video of a second with a sound, or nothing where ffmpeg is not installed."""
    if shutil.which("ffmpeg") is None:
        return ""
    path = os.path.join(folder, "a.mp4")
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=1"]
    command += ["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-pix_fmt", "yuv420p", "-shortest", path]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=SECONDS)
    return path


def run_client(alpha):
    """Runs the checks, shows their lines, and returns how many passed and how many failed."""
    with tempfile.NamedTemporaryFile(suffix=".png") as picture, tempfile.TemporaryDirectory() as folder:
        picture.write(png(64, 64, (40, 90, 140)))
        picture.flush()
        command = ["node", "--require", os.path.join(node.LOOPBACK, "names.cjs")]
        done = subprocess.run(
            [*command, os.path.join(node.HERE, "mastojs_client.mjs")],
            env=node.clean_environment(
                ORIGIN=alpha.origin,
                STREAMING=alpha.origin.replace("http", "ws", 1),
                ANN=alpha.create_token("ann"),
                BEN=alpha.create_token("ben"),
                PICTURE=picture.name,
                VIDEO=make_video(folder),
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
    *lines, last = done.stdout.splitlines() or [""]
    print("\n".join(lines), flush=True)
    words = last.split()
    if len(words) != 4 or words[1::2] != ["passed,", "failed"]:
        print(f"FAIL the program ended with status {done.returncode} and no count: {last}", flush=True)
        return 0, 1
    return int(words[0]), int(words[2])


def main():
    """Runs the checks on a fresh node, then looks at the shapes of its answers."""
    print("== masto.js on one node", flush=True)
    with node.Node("alpha", watched=True) as alpha:
        for name in ("ann", "ben"):
            alpha.create_account(name)
        passed, failed = run_client(alpha)
        faults = sorted(set(alpha.recorder.faults))
        if faults or alpha.recorder.answers < 50:
            failed += 1
            shown = "; ".join(faults[:10])
            print(f"FAIL each JSON answer had the shape that the API promises: {len(faults)} faults: {shown}", flush=True)
        else:
            passed += 1
            print("ok   each JSON answer had the shape that the API promises", flush=True)
        if failed:
            alpha.print_log()
    finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
