# __init__.py -- All suites, in the order in which they run.
#
# SPDX-License-Identifier: Apache-2.0
from suites import cpython, glibc, languages, machines, programs, servers

SUITES = [*programs.SUITES, *servers.SUITES, *machines.SUITES, *languages.SUITES, *glibc.SUITES,
          *cpython.SUITES]
