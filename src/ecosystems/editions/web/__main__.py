"""``python -m ecosystems.editions.web [port]`` serves the edition."""

from ecosystems.editions.web.hosting import main

main()
