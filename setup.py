"""What pyproject.toml cannot say: the parts of the OpenAPI document are made when the package is built.

Law: nothing else is here. A source tree does without: openapi/fragments.py makes what it does not find.
"""

import os
import sys

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithFragments(build_py):
    """build_py, and then slurmrest_inetd/openapi/made in what was built."""

    def run(self) -> None:
        """Build, and make the parts with the very modules that are being built."""
        super().run()
        if self.editable_mode:
            return
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        from slurmrest_inetd.openapi.fragments import build_fragments

        build_fragments(os.path.join(self.build_lib, "slurmrest_inetd", "openapi", "made"))


setup(cmdclass={"build_py": BuildWithFragments})
