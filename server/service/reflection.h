/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gRPC server reflection: the contract, for tools that have no copy of it. The
 * versions v1 and v1alpha are the same on the wire, so one handler serves both
 * paths. It answers from the embedded descriptors and keeps no state; the method
 * table below is all that a router needs.
 *
 * Questions for services, for a file by its name and for the file of a symbol
 * are answered, files with all that they import. The contract has no extensions;
 * questions for them are answered with an error response, as the protocol wants
 * it, and the stream goes on.
 */
#ifndef SERVICE_REFLECTION_H
#define SERVICE_REFLECTION_H

#include "net/call.h"

enum { REFLECTION_METHODS = 2 };

extern const struct call_method reflection_methods[REFLECTION_METHODS];

#endif
