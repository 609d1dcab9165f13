"""Where jobs are done: processes of this machine, or a Dask cluster; both are an `Executor` of Python's own."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from keyguard.errors import SourceError, UsageError

VARIABLE = "DASK_SCHEDULER_ADDRESS"
SCHEMES = ("tcp", "tls", "ucx", "ws", "wss")
CONNECT_SECONDS = 10
AHEAD = 3
"""How many jobs are handed over for each worker, so that none of them waits for the next."""


@dataclass(frozen=True, slots=True)
class Pool:
    """An executor that works, with how many jobs it takes at a time.

    `alive` says whether it still does; `close` ends it, at once where that is asked for. `breaks` says that one worker
    that dies takes the jobs of all others with it, and `gave_up` that an error is that of a job which has cost several
    workers already.
    """

    executor: Executor
    slots: int
    alive: Callable[[], bool]
    close: Callable[[bool], None]
    breaks: bool = False
    gave_up: Callable[[BaseException], bool] = lambda error: False


Make = Callable[[], Pool]
"""Makes a pool, the first or another one after that; raises `SourceError` where there is none to be had."""


def processes(jobs: int) -> Make:
    """Return what makes a pool of so many processes."""

    def make() -> Pool:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        executor = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _settled)

        def close(at_once: bool) -> None:
            executor.shutdown(wait=not at_once, cancel_futures=True)
            for each in multiprocessing.active_children() if at_once else ():
                each.terminate()

        return Pool(executor, jobs * AHEAD, lambda: True, close, breaks=True)

    return make


def _settled() -> None:
    """Leave interrupts to the process that waits, and end with it however it ends."""
    import multiprocessing

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_outlive_nobody, args=(parent.sentinel,), daemon=True).start()


def _outlive_nobody(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def cluster(address: str) -> Make:
    """Return what connects to a Dask scheduler; raises `UsageError` for no address, or without the extra.

    TLS and all else is set as for any program that uses Dask: by its configuration.
    """
    scheme, _, rest = address.partition("://")
    if scheme not in SCHEMES or not rest or "@" in rest:
        raise UsageError(
            f"{address} is not the address of a Dask scheduler", "write tcp://HOST:8786, or tls:// as Dask is set up"
        )
    if importlib.util.find_spec("distributed") is None:
        raise UsageError("a cluster needs Dask distributed", "pip install 'keyguard[fleet]', on each worker as well")
    return lambda: _connected(address)


def _connected(address: str) -> Pool:
    import distributed

    for name in list(logging.root.manager.loggerDict):  # a lost scheduler is told by us, once
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    connect: Any = distributed.Client  # its own hints have gaps
    security: Any = distributed.Security
    try:
        if address.startswith("tls:") and security().get_connection_args("client").get("ssl_context") is None:
            raise ValueError("that needs certificates, and Dask's configuration names none here")
        client: Any = connect(address, timeout=CONNECT_SECONDS, set_as_default=False, name="keyguard")
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
        raise SourceError(
            f"no Dask scheduler answers at {address}: {_first(error)}",
            "start one with: dask scheduler; one that demands TLS is reached by tls://HOST:PORT",
        ) from None
    threads = sum(client.nthreads().values())
    if not threads:
        client.close()
        raise SourceError(f"the Dask scheduler at {address} has no workers", f"start some with: dask worker {address}")
    executor = client.get_executor(pure=False)

    def close(at_once: bool) -> None:
        if at_once or client.status != "running":
            client.close(timeout=1)
        else:
            executor.shutdown(wait=False)
            client.close()

    def gave_up(error: BaseException) -> bool:
        return isinstance(error, distributed.KilledWorker)

    return Pool(executor, threads * AHEAD, lambda: client.status == "running", close, gave_up=gave_up)


def _first(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
