#include "sportello/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct { const char *name; int http, exit; } statuses[SP_STATUS_COUNT] = {
#define ROW(name, http, exit, text) [name] = {text, http, exit},
	SP_STATUS_LIST(ROW)
#undef ROW
};

static sp_status known(sp_status status)
{
	return (unsigned)status < SP_STATUS_COUNT ? status : SP_ERR_INTERNAL;
}

const char *sp_status_name(sp_status status)
{
	return statuses[known(status)].name;
}

int sp_status_http(sp_status status)
{
	return statuses[known(status)].http;
}

int sp_status_exit(sp_status status)
{
	return statuses[known(status)].exit;
}

void sp_error_clear(sp_error *err)
{
	if (err)
		memset(err, 0, sizeof *err);
}

sp_status sp_error_set(sp_error *err, sp_status status, const char *source, int line, const char *format, ...)
{
	if (!err || err->status != SP_OK)
		return status;
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	snprintf(err->source, sizeof err->source, "%s", source ? source : "");
	err->status = status;
	err->line = line;
	err->column = 0;
	return status;
}

static sp_status status_of_errno(int value)
{
	switch (value) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return SP_ERR_FULL;
	case ENOENT:
	case ENOTDIR:
		return SP_ERR_NOT_FOUND;
	case ENOMEM:
		return SP_ERR_NOMEM;
	case EACCES:
	case EPERM:
		return SP_ERR_DENIED;
	default:
		return SP_ERR_IO;
	}
}

sp_status sp_error_errno(sp_error *err, int errno_value, const char *source, const char *what)
{
	char text[128];
	const char *said = strerror_r(errno_value, text, sizeof text);
	return sp_error_set(err, status_of_errno(errno_value), source, 0, "cannot %s: %s", what, said);
}

void sp_error_copy(sp_error *to, const sp_error *from)
{
	if (to && from && to->status == SP_OK)
		*to = *from;
}
