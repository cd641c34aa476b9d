"""A kernel provisioner for Jupyter: kernels are forked from one warm process that has imported what chapters need.

An ordinary kernel imports pandas, Matplotlib and this package for some three seconds; a forked one starts at once.
jupyter_client finds the provisioner by its entry point, where a kernelspec or ``JUPYTER_DEFAULT_PROVISIONER_NAME``
says ``ecosystems``; everything else about these kernels is ipykernel's own.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Lock

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Unicode

from ecosystems.editions.run import maps

NAME = "ecosystems"  # of the entry point
_lock = Lock()
_started: dict[tuple[int, str], subprocess.Popen] = {}


def _warm(code: str) -> subprocess.Popen:
    """The warm process of this process (a forked copy gets its own) for this digest of code."""
    if known := _started.get((os.getpid(), code)):
        return known
    env = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in any kernel; pyplot reads it when imported
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or ipykernel's debugger, which nobody uses here, complains
    }
    command = [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"]
    pipe = subprocess.PIPE
    # In a group of its own, which Ctrl+C does not reach: it ends quietly when this process does.
    warm = subprocess.Popen(command, env={**os.environ, **env}, stdin=pipe, stdout=pipe, text=True, process_group=0)
    return _started.setdefault((os.getpid(), code), warm)


def start(code: str) -> None:
    """Start the warm process, if it does not run, and return at once; it ends with this process."""
    _warm(code)


def stop() -> None:
    """End the warm processes of this process; another one is started when it is needed."""
    for key in [key for key in _started if key[0] == os.getpid()]:
        warm = _started.pop(key)
        with suppress(BrokenPipeError):  # it has ended already, and left unread what was asked of it last
            warm.stdin.close()
        warm.wait()
        warm.stdout.close()


class Kernel:
    """A forked kernel, with the methods of ``subprocess.Popen`` that :class:`LocalProvisioner` calls."""

    stdin = stdout = stderr = None

    def __init__(self, code: str, command: list[str], env: dict[str, str], cwd: str | None):
        with _lock:  # a worker of a cluster runs chapters in threads
            warm = _warm(code)
            try:
                print(json.dumps([command, env, os.fspath(cwd or os.getcwd())]), file=warm.stdin, flush=True)
                self.pid = int(warm.stdout.readline())
            except (BrokenPipeError, ValueError):
                raise RuntimeError("what chapters import fails, as is told above") from None

    def poll(self) -> int | None:
        """None while it runs; the warm process reaps those that have ended."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    wait = poll  # called once it has ended

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


class Provisioner(LocalProvisioner):
    """Starts kernels by fork."""

    code = Unicode(config=True, help="Digest of what was imported: for another one there is another warm process.")

    async def pre_launch(self, **kwargs: object) -> dict:
        """Talk over sockets that have names: of the port numbers that are drawn, another program may take one first."""
        if sys.platform == "linux":
            manager = self.parent
            manager.transport, manager.ip, manager.cache_ports = "ipc", f"@ecosystems-{self.kernel_id}", False
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> KernelConnectionInfo:
        """Fork a kernel; `cmd` is what would start it as a program: ``python -m ipykernel_launcher ...``."""
        self.process = Kernel(self.code, cmd, kwargs["env"], kwargs.get("cwd"))
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info


def serve() -> None:
    """Be the warm process: fork a kernel for each line of standard input; end, with all kernels, when it closes."""
    import ipykernel.debugger
    import ipykernel.ipkernel  # noqa: F401
    import IPython.core.completerlib  # noqa: F401
    import pandas as pd
    import pandas.core.reshape.reshape
    from ipykernel.kernelapp import IPKernelApp
    from matplotlib.backends import backend_agg, backend_svg  # noqa: F401

    import ecosystems.atlas  # folium: 0.15 s for each chapter with a map
    import ecosystems.charts  # noqa: F401
    from ecosystems import tables

    # As in any kernel: imported outside of one, pandas takes it for a terminal and shows fewer columns.
    pd.set_option("display.max_columns", 20)
    with suppress(Exception):  # chapters tell of bad tables
        data = tables.read()
        for name in [r["name"] for r in data.package["resources"] if r["path"].endswith(".csv")]:
            getattr(data, name)  # parsed once for all kernels, which find it by the text of the file: a second saved

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps kernels that have ended
    gc.freeze()  # or the first collection in each kernel would copy all that was imported
    kernels = []
    for line in sys.stdin:  # noqa: B007
        if not (pid := os.fork()):
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            break
        kernels.append(pid)
        print(pid, flush=True)
    else:
        for pid in kernels:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return
    command, env, cwd = json.loads(line)
    os.setsid()  # signals reach what its cells have started, too
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    sys.argv = command[command.index("ipykernel_launcher") :]
    # It ends when the warm process is killed; nobody recalls what a chapter said.
    options = [f"--IPKernelApp.parent_handle={os.getppid()}", "--HistoryManager.enabled=False", "--log-level=ERROR"]
    options.append(f"--IPKernelApp.extra_extensions={maps.__name__}")
    IPKernelApp.launch_instance(argv=[*sys.argv[1:], *options])
