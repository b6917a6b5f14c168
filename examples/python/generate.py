"""Generates the Python stubs from the project's .proto files, beside this file."""

import pathlib
import sys

import grpc_tools
from grpc_tools import protoc

HERE = pathlib.Path(__file__).resolve().parent
PROTOS = HERE.parents[1] / "api" / "src" / "main" / "proto"


def main() -> int:
    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    files = sorted(str(file.relative_to(PROTOS)) for file in PROTOS.rglob("*.proto"))
    return protoc.main(
        ["protoc", f"-I{PROTOS}", f"-I{well_known}", f"--python_out={HERE}", f"--grpc_python_out={HERE}"]
        + files
    )


if __name__ == "__main__":
    sys.exit(main())
