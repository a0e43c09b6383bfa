"""``wirefold demo``: the sample wire alone, in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["demo"]


def demo(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="PORT",
            help="0 takes any free one. [default: $WIREFOLD_DEMO_PORT or 8180]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the sample wire: made-up news sites. Ctrl-C ends it."""
    from pipeline.cli.console import console
    from pipeline.demo.content import load_sites
    from pipeline.demo.server import DEFAULT_PORT, DemoServer
    from pipeline.resources import resource_dir

    folder = resource_dir("data")
    server = DemoServer(folder, port=port)
    out = console()
    sites = [site.slug for site in load_sites(folder)]

    def tell() -> None:
        other = f"WIREFOLD_DEMO_PORT={server.port} " if server.port != DEFAULT_PORT else ""
        out.print(f"The sample wire is on the air: [bold]{server.url}[/]", soft_wrap=True)
        for slug in sites:
            out.print(f"  http://{slug}.localhost:{server.port}/", soft_wrap=True)
        out.print("\nIn another terminal:", soft_wrap=True)
        out.print(f"  {other}wirefold run --sources '{folder / 'sources.toml'}'", markup=False, soft_wrap=True)
        out.print("\nCtrl-C ends it.")

    server.serve_forever(tell)
