"""The plugin table: one row an operation. Data only.

Law: a path's first word is the OpenAPI plugin's root (slurm, slurmdb, util); ``{version}`` is v0.0.NN; the operation
is what stands behind ``ROOT_v00NN_`` in the operationId; the handler is a function of slurmrest_inetd.plugins.PLUGIN.
A trailing slash does not matter. tests/unit/test_endpoints.py holds the rows complete against the API's own documents.
OPEN_ENDPOINTS need no token and have no version; their handlers choose their own media types, and a command that they ran
as the call's identity would be refused by Slurm. Read by routing.py.
"""

from slurmrest_inetd.model import Endpoint as Row

LAST = 45

# fmt: off
#       method    path                                                operation            plugin                     handler                 since until body
ENDPOINTS: tuple[Row, ...] = (
    Row("GET",    "/slurm/{version}/conf",                            "get_conf",          "slurmctld.configuration", "get_conf",             45, LAST),
    Row("GET",    "/slurm/{version}/diag",                            "get_diag",          "slurmctld.diag",          "get_diag",             36, LAST),
    Row("POST",   "/slurm/{version}/job/allocate",                    "post_job_allocate", "slurmctld.job_allocate",  "post_job_allocate",    41, LAST, True),
    Row("POST",   "/slurm/{version}/job/submit",                      "post_job_submit",   "slurmctld.job_submit",    "post_job_submit",      36, LAST, True),
    Row("POST",   "/slurm/{version}/job/{job_id}",                    "post_job",          "slurmctld.job_update",    "post_job",             36, LAST, True),
    Row("DELETE", "/slurm/{version}/job/{job_id}",                    "delete_job",        "slurmctld.job_cancel",    "delete_job",           36, LAST),
    Row("GET",    "/slurm/{version}/job/{job_id}",                    "get_job",           "slurmctld.jobs",          "get_job",              36, LAST),
    Row("GET",    "/slurm/{version}/job/{job_id}/requeue",            "get_job_requeue",   "slurmctld.job_requeue",   "get_job_requeue",      45, LAST, writes=True),
    Row("DELETE", "/slurm/{version}/jobs",                            "delete_jobs",       "slurmctld.jobs_cancel",   "delete_jobs",          40, LAST, True),
    Row("GET",    "/slurm/{version}/jobs",                            "get_jobs",          "slurmctld.jobs",          "get_jobs",             36, LAST),
    Row("POST",   "/slurm/{version}/jobs/requeue",                    "post_jobs_requeue", "slurmctld.job_requeue",   "post_jobs_requeue",    45, LAST, True),
    Row("GET",    "/slurm/{version}/jobs/state",                      "get_jobs_state",    "slurmctld.job_states",    "get_jobs_state",       40, LAST),
    Row("GET",    "/slurm/{version}/licenses",                        "get_licenses",      "slurmctld.licenses",      "get_licenses",         38, LAST),
    Row("POST",   "/slurm/{version}/new/node",                        "post_new_node",     "slurmctld.node_create",   "post_new_node",        44, LAST, True),
    Row("POST",   "/slurm/{version}/node/{node_name}",                "post_node",         "slurmctld.node_update",   "post_node",            40, LAST, True),
    Row("DELETE", "/slurm/{version}/node/{node_name}",                "delete_node",       "slurmctld.node_delete",   "delete_node",          40, LAST),
    Row("GET",    "/slurm/{version}/node/{node_name}",                "get_node",          "slurmctld.nodes",         "get_node",             36, LAST),
    Row("GET",    "/slurm/{version}/nodes",                           "get_nodes",         "slurmctld.nodes",         "get_nodes",            36, LAST),
    Row("POST",   "/slurm/{version}/nodes",                           "post_nodes",        "slurmctld.node_update",   "post_nodes",           40, LAST, True),
    Row("DELETE", "/slurm/{version}/partition/{partition_name}",      "delete_partition",  "slurmctld.partition_delete", "delete_partition",    45, LAST),
    Row("GET",    "/slurm/{version}/partition/{partition_name}",      "get_partition",     "slurmctld.partitions",    "get_partition",        36, LAST),
    Row("GET",    "/slurm/{version}/partitions",                      "get_partitions",    "slurmctld.partitions",    "get_partitions",       36, LAST),
    Row("POST",   "/slurm/{version}/partitions",                      "post_partitions",   "slurmctld.partition_update", "post_partitions",     45, LAST, True),
    Row("GET",    "/slurm/{version}/ping",                            "get_ping",          "slurmctld.ping",          "get_ping",             36, LAST),
    Row("GET",    "/slurm/{version}/reconfigure",                     "get_reconfigure",   "slurmctld.reconfigure",   "get_reconfigure",      40, LAST, writes=True),
    Row("POST",   "/slurm/{version}/reservation",                     "post_reservation",  "slurmctld.reservation_update", "post_reservation",  43, LAST, True),
    Row("DELETE", "/slurm/{version}/reservation/{reservation_name}",  "delete_reservation", "slurmctld.reservation_delete", "delete_reservation", 42, LAST),
    Row("GET",    "/slurm/{version}/reservation/{reservation_name}",  "get_reservation",   "slurmctld.reservations",  "get_reservation",      37, LAST),
    Row("GET",    "/slurm/{version}/reservations",                    "get_reservations",  "slurmctld.reservations",  "get_reservations",     37, LAST),
    Row("POST",   "/slurm/{version}/reservations",                    "post_reservations", "slurmctld.reservation_update", "post_reservations", 43, LAST, True),
    Row("GET",    "/slurm/{version}/resources/{job_id}",              "get_resources",     "slurmctld.resources",     "get_resources",        44, LAST),
    Row("GET",    "/slurm/{version}/shares",                          "get_shares",        "slurmctld.shares",        "get_shares",           40, LAST),

    Row("GET",    "/slurmdb/{version}/account/{account_name}",        "get_account",       "slurmdbd.accounts",       "get_account",          36, LAST),
    Row("GET",    "/slurmdb/{version}/accounts",                      "get_accounts",      "slurmdbd.accounts",       "get_accounts",         36, LAST),
    Row("POST",   "/slurmdb/{version}/accounts",                      "post_accounts",     "slurmdbd.account_changes", "post_accounts",        36, LAST, True),
    Row("DELETE", "/slurmdb/{version}/account/{account_name}",        "delete_account",    "slurmdbd.account_changes", "delete_account",       36, LAST),
    Row("POST",   "/slurmdb/{version}/accounts_association",          "post_accounts_association", "slurmdbd.account_additions", "post_accounts_association", 40, LAST, True),
    Row("GET",    "/slurmdb/{version}/association",                   "get_association",   "slurmdbd.associations",   "get_association",      36, LAST),
    Row("GET",    "/slurmdb/{version}/associations",                  "get_associations",  "slurmdbd.associations",   "get_associations",     36, LAST),
    Row("DELETE", "/slurmdb/{version}/association",                   "delete_association", "slurmdbd.association_changes", "delete_association",   36, LAST),
    Row("POST",   "/slurmdb/{version}/associations",                  "post_associations", "slurmdbd.association_changes", "post_associations",    37, LAST, True),
    Row("DELETE", "/slurmdb/{version}/associations",                  "delete_associations", "slurmdbd.association_changes", "delete_associations",  38, LAST),
    Row("GET",    "/slurmdb/{version}/cluster/{cluster_name}",        "get_cluster",       "slurmdbd.clusters",       "get_cluster",          36, LAST),
    Row("GET",    "/slurmdb/{version}/clusters",                      "get_clusters",      "slurmdbd.clusters",       "get_clusters",         36, LAST),
    Row("POST",   "/slurmdb/{version}/clusters",                      "post_clusters",     "slurmdbd.cluster_changes", "post_clusters",       36, LAST, True),
    Row("DELETE", "/slurmdb/{version}/cluster/{cluster_name}",        "delete_cluster",    "slurmdbd.cluster_changes", "delete_cluster",      36, LAST),
    Row("GET",    "/slurmdb/{version}/conf",                          "get_conf",          "slurmdbd.configuration",  "get_conf",             45, LAST),
    Row("GET",    "/slurmdb/{version}/config",                        "get_config",        "slurmdbd.configuration",  "get_config",           36, LAST),
    Row("POST",   "/slurmdb/{version}/config",                        "post_config",       "slurmdbd.config_changes", "post_config",          36, LAST, True),
    Row("GET",    "/slurmdb/{version}/diag",                          "get_diag",          "slurmdbd.diag",           "get_diag",             36, LAST),
    Row("GET",    "/slurmdb/{version}/instance",                      "get_instance",      "slurmdbd.instances",      "get_instance",         40, LAST),
    Row("GET",    "/slurmdb/{version}/instances",                     "get_instances",     "slurmdbd.instances",      "get_instances",        40, LAST),
    Row("GET",    "/slurmdb/{version}/job/{job_id}",                  "get_job",           "slurmdbd.jobs",           "get_job",              36, LAST),
    Row("GET",    "/slurmdb/{version}/jobs",                          "get_jobs",          "slurmdbd.jobs",           "get_jobs",             36, LAST),
    Row("POST",   "/slurmdb/{version}/job/{job_id}",                  "post_job",          "slurmdbd.job_changes",    "post_job",             44, LAST, True),
    Row("POST",   "/slurmdb/{version}/jobs",                          "post_jobs",         "slurmdbd.job_changes",    "post_jobs",            44, LAST, True),
    Row("GET",    "/slurmdb/{version}/ping",                          "get_ping",          "slurmdbd.ping",           "get_ping",             42, LAST),
    Row("GET",    "/slurmdb/{version}/qos",                           "get_qos",           "slurmdbd.qos",            "get_qos",              36, LAST),
    Row("GET",    "/slurmdb/{version}/qos/{qos}",                     "get_single_qos",    "slurmdbd.qos",            "get_single_qos",       36, LAST),
    Row("POST",   "/slurmdb/{version}/qos",                           "post_qos",          "slurmdbd.qos_changes",    "post_qos",             38, LAST, True),
    Row("DELETE", "/slurmdb/{version}/qos/{qos}",                     "delete_single_qos", "slurmdbd.qos_changes",    "delete_single_qos",    36, LAST),
    Row("GET",    "/slurmdb/{version}/tres",                          "get_tres",          "slurmdbd.tres",           "get_tres",             36, LAST),
    Row("POST",   "/slurmdb/{version}/tres",                          "post_tres",         "slurmdbd.tres_changes",   "post_tres",            36, LAST, True),
    Row("GET",    "/slurmdb/{version}/user/{name}",                   "get_user",          "slurmdbd.users",          "get_user",             36, LAST),
    Row("GET",    "/slurmdb/{version}/users",                         "get_users",         "slurmdbd.users",          "get_users",            36, LAST),
    Row("POST",   "/slurmdb/{version}/users",                         "post_users",        "slurmdbd.user_changes",   "post_users",           36, LAST, True),
    Row("DELETE", "/slurmdb/{version}/user/{name}",                   "delete_user",       "slurmdbd.user_changes",   "delete_user",          36, LAST),
    Row("POST",   "/slurmdb/{version}/users_association",             "post_users_association", "slurmdbd.user_additions", "post_users_association", 40, LAST, True),
    Row("GET",    "/slurmdb/{version}/wckey/{id}",                    "get_wckey",         "slurmdbd.wckeys",         "get_wckey",            36, LAST),
    Row("GET",    "/slurmdb/{version}/wckeys",                        "get_wckeys",        "slurmdbd.wckeys",         "get_wckeys",           36, LAST),
    Row("POST",   "/slurmdb/{version}/wckeys",                        "post_wckeys",       "slurmdbd.wckey_changes",  "post_wckeys",          36, LAST, True),
    Row("DELETE", "/slurmdb/{version}/wckey/{id}",                    "delete_wckey",      "slurmdbd.wckey_changes",  "delete_wckey",         36, LAST),

    Row("POST",   "/util/{version}/hostlist",                         "post_hostlist",     "util.hostlists",          "post_hostlist",        44, LAST, True),
    Row("POST",   "/util/{version}/hostnames",                        "post_hostnames",    "util.hostlists",          "post_hostnames",       44, LAST, True),
)

#       method    path             operation            plugin                   handler             since until
OPEN_ENDPOINTS: tuple[Row, ...] = (
    Row("GET",    "/openapi",      "get_openapi",       "openapi.specification", "get_openapi",      0, 0),
    Row("GET",    "/openapi.json", "get_openapi_json",  "openapi.specification", "get_openapi_json", 0, 0),
    Row("GET",    "/openapi.yaml", "get_openapi_yaml",  "openapi.specification", "get_openapi_yaml", 0, 0),
    Row("GET",    "/openapi/v3",   "get_openapi_v3",    "openapi.specification", "get_openapi",      0, 0),

    Row("GET",    "/healthz",      "get_healthz",       "health.probes",         "get_healthz",      0, 0),
    Row("GET",    "/livez",        "get_livez",         "health.probes",         "get_livez",        0, 0),
    Row("GET",    "/readyz",       "get_readyz",        "health.probes",         "get_readyz",       0, 0),
)

# For people: they are not in the document.
PAGE_ENDPOINTS: tuple[Row, ...] = (
    Row("GET",    "/docs",         "get_docs",          "openapi.page",          "get_docs",         0, 0),
    Row("GET",    "/docs/{file}",  "get_docs_file",     "openapi.page",          "get_docs_file",    0, 0),
)
# fmt: on
