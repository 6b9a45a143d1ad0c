/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract itself, as data: every .proto file and all that they import, as
 * protoc describes them (packed google.protobuf.FileDescriptorProto). Server
 * reflection hands them out. All memory is static.
 */
#ifndef CODEC_DESCRIPTORS_H
#define CODEC_DESCRIPTORS_H

#include <stdbool.h>

#include "stafett/base.h"

/* No more files are imported by one file, itself included. */
enum { DESCRIPTORS_FILES_MAX = 64, DESCRIPTORS_NAME_CHARS = 256 };

/* The file of this name ("stafett/v1/message.proto"); empty where there is none. */
struct bytes descriptors_find_file(const char *name);
/* The file that declares a service, method, message, field or enum, by its full
 * name ("stafett.v1.ReferralService.Send"); empty where there is none. */
struct bytes descriptors_find_symbol(const char *symbol);
/* |file| and all that it imports, each once and |file| first. Gives their number. */
size_t descriptors_with_imports(struct bytes file, struct bytes ret_files[DESCRIPTORS_FILES_MAX]);

typedef void (*descriptors_service_fn)(void *arg, const char *full_name);
/* Calls |fn| for every service. |full_name| lives during the call only. */
void descriptors_each_service(descriptors_service_fn fn, void *arg);
/* Whether a service has this full name. */
bool descriptors_has_service(const char *full_name);

#endif
