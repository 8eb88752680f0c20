"""The real file system, also where a test fakes it."""

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def real_files() -> Iterator[None]:
    """While it lasts, pyfakefs pauses.

    Modules must not be loaded while it fakes files: it would drop them with the test.
    """
    pyfakefs = sys.modules.get("pyfakefs.fake_filesystem_unittest")
    patcher = None if pyfakefs is None else pyfakefs.Patcher.PATCHER
    if patcher is None or not patcher.is_patching:
        yield
        return
    patcher.pause()
    try:
        yield
    finally:
        patcher.resume()
