// SPDX-License-Identifier: GPL-2.0-only
/* The code behind the trace events. */
#define CREATE_TRACE_POINTS
#include "trace.h"
#include "trace_record.h"
