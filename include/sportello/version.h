/** @file version.h The version of library and program. */
#ifndef SPORTELLO_VERSION_H
#define SPORTELLO_VERSION_H

#define SP_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif
/** Version of the library that is linked, "0.1.0". Static. */
const char *sp_version(void);
#ifdef __cplusplus
}
#endif
#endif
