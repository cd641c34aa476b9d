"""What readers and other programs take along: tables, the scan in other formats, notebooks, records, one zip."""

from ecosystems.editions.downloads.addresses import dead_addresses
from ecosystems.editions.downloads.offline import finish_links, write_zip
from ecosystems.editions.downloads.package import write_notebooks, write_records, write_tables
from ecosystems.editions.downloads.records import datacite
from ecosystems.editions.downloads.wheel import wheel_name

__all__ = [
    "datacite",
    "dead_addresses",
    "finish_links",
    "wheel_name",
    "write_notebooks",
    "write_records",
    "write_tables",
    "write_zip",
]
