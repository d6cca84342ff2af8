/* What went wrong below, as a status: most specific first. */
#include "index/shim.hh"

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>

static bool says(const Xapian::Error &error, int errno_value)
{
	const char *text = error.get_error_string(), *wanted = strerror(errno_value);
	return (text && strstr(text, wanted)) || strstr(error.get_msg().c_str(), wanted);
}

/* A failed system call hides behind Xapian's general classes. */
static sp_status status_of_cause(const Xapian::Error &error, sp_status otherwise)
{
	static const struct {
		int errno_value;
		sp_status status;
	} causes[] = {
		{ENOSPC, SP_ERR_FULL},
		{EDQUOT, SP_ERR_FULL},
		{EACCES, SP_ERR_DENIED},
		{EPERM, SP_ERR_DENIED},
		{EROFS, SP_ERR_IO},
		{EIO, SP_ERR_IO},
		{EMFILE, SP_ERR_BUSY},
		{ENFILE, SP_ERR_BUSY},
		{ENOMEM, SP_ERR_NOMEM},
	};
	for (const auto &cause : causes)
		if (says(error, cause.errno_value))
			return cause.status;
	return otherwise;
}

static sp_status note(sp_error *err, const char *source, sp_status status, const Xapian::Error &error)
{
	const char *cause = error.get_error_string();
	return sp_error_set(err, status, source, 0, "%s: %s%s%s", error.get_type(), error.get_msg().c_str(),
		cause ? ": " : "", cause ? cause : "");
}

sp_status spi_status_of_exception(sp_error *err, const char *source) noexcept
{
	try {
		throw;
	} catch (const spi_failure &failure) {
		return sp_error_set(err, failure.status, source, 0, "%s", sp_status_name(failure.status));
	} catch (const std::bad_alloc &) {
		return sp_error_set(err, SP_ERR_NOMEM, source, 0, "out of memory");
	} catch (const std::length_error &) {
		return sp_error_set(err, SP_ERR_NOMEM, source, 0, "out of memory");
	} catch (const Xapian::DatabaseModifiedError &) {
		return sp_error_set(err, SP_ERR_CHANGED, source, 0, "kept changing while it was read; try again");
	} catch (const Xapian::DatabaseLockError &error) {
		return note(err, source, status_of_cause(error, SP_ERR_BUSY), error);
	} catch (const Xapian::DatabaseNotFoundError &error) {
		return note(err, source, SP_ERR_NOT_FOUND, error);
	} catch (const Xapian::DatabaseVersionError &error) {
		return note(err, source, SP_ERR_NEWER, error);
	} catch (const Xapian::DocNotFoundError &error) {
		return note(err, source, SP_ERR_NOT_FOUND, error);
	} catch (const Xapian::DatabaseError &error) {
		return note(err, source, status_of_cause(error, SP_ERR_CORRUPT), error);
	} catch (const Xapian::SerialisationError &error) {
		return note(err, source, SP_ERR_CORRUPT, error);
	} catch (const Xapian::Error &error) {
		return note(err, source, SP_ERR_INTERNAL, error);
	} catch (const std::exception &error) {
		return sp_error_set(err, SP_ERR_INTERNAL, source, 0, "%s", error.what());
	} catch (...) {
		return sp_error_set(err, SP_ERR_INTERNAL, source, 0, "an unknown exception");
	}
}
