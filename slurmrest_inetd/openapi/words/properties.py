"""Components and properties in words: by ``COMPONENT.property`` (no version), else by the property's name alone. Data only."""

# fmt: off
COMPONENTS: dict[str, str] = {}
PROPERTIES: dict[str, str] = {}
# fmt: on
