"""What a client is warned of when it uses a query parameter that can change nothing here. Data only.

Law: sentences; each names its parameter's effect, not its value. Read by the tables of query parameters.
"""

FORMAT = "format has no effect: the whole document is sent"
CLUSTER_USAGE = "Usage of clusters has no effect: no document of the API has a place for it"
