"""Where the desk's pages are, as messages name them."""

from listener.jobs.service import Service
from storage.values import Week


def desk(service: Service, path: str, otherwise: str) -> str:
    """The address of a page of the desk as the team reaches it; `otherwise` where the config gives none."""
    address = service.config.serve.address
    return f"{address}/{path}" if address else otherwise


def week(service: Service, one: Week) -> str:
    """Where a week is read and worked on: at the desk, else the file of its page."""
    return desk(service, f"weeks/{one.number}", str(service.config.output / f"week-{one.number}" / "index.html"))
