#include "http/static.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/hash.h"
#include "http/gzip.h"
#include "http/pages.h"
#include "http/reply.h"
#include "http/request.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASSETS_MAX 256
#define ASSET_MAX_BYTES (4 << 20)
#define GZIP_FROM 512

static const char folder[] = "static/";

static bool is_packed_already(const char *name)
{
	const char *ending = strrchr(name, '.');
	return ending && (strcmp(ending, ".woff2") == 0 || strcmp(ending, ".png") == 0);
}

static sp_status pack(spi_asset *asset, spi_deflater *deflater, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	if (asset->len >= GZIP_FROM && !is_packed_already(asset->name) &&
		spi_deflate(deflater, asset->data, asset->len, &out)) {
		asset->gzip = sp_arena_strndup(arena, out.data, out.len);
		asset->gzip_len = asset->gzip ? out.len : 0;
	}
	sp_buffer_release(&out);
	char hash[65];
	spi_sha256_hex(asset->data, asset->len, hash);
	asset->etag = sp_arena_printf(arena, "\"%.16s\"", hash);
	return asset->etag ? SP_OK : SP_ERR_NOMEM;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const spi_asset *)a)->name, ((const spi_asset *)b)->name);
}

static bool is_served(const char *name)
{
	return strncmp(name, folder, sizeof folder - 1) == 0 || strcmp(name, "widget.js") == 0;
}

static void take_embedded(spi_assets *assets)
{
	for (const spi_embedded *file = spi_embedded_web; file->name && assets->count < ASSETS_MAX; file++)
		if (is_served(file->name))
			assets->items[assets->count++] =
				(spi_asset){.name = file->name, .data = file->data, .len = (size_t)(file->end - file->data)};
}

static sp_status take_file(spi_assets *assets, const char *dir, const char *name, sp_arena *arena, sp_error *err)
{
	char *path = sp_arena_printf(arena, "%s/%s", dir, name);
	spi_asset *asset = &assets->items[assets->count];
	asset->name = sp_arena_strdup(arena, name);
	if (!path || !asset->name)
		return SP_ERR_NOMEM;
	sp_status status = spi_file_read(path, ASSET_MAX_BYTES, arena, &asset->data, &asset->len, err);
	assets->count += status == SP_OK;
	return status;
}

static sp_status take_folder(spi_assets *assets, const char *dir, sp_arena *arena, sp_error *err)
{
	char *path = sp_arena_printf(arena, "%s/%s", dir, folder);
	DIR *handle = path ? opendir(path) : NULL;
	if (!handle)
		return sp_error_errno(err, path ? errno : ENOMEM, path ? path : dir, "open the folder of static files");
	sp_status status = take_file(assets, dir, "widget.js", arena, err);
	for (struct dirent *entry; status == SP_OK && assets->count < ASSETS_MAX && (entry = readdir(handle));) {
		char *name = entry->d_name[0] == '.' ? NULL : sp_arena_printf(arena, "%s%s", folder, entry->d_name);
		if (name)
			status = take_file(assets, dir, name, arena, err);
	}
	closedir(handle);
	return status;
}

sp_status spi_assets_load(const char *dir, sp_arena *arena, spi_assets *ret, sp_error *err)
{
	spi_assets assets = {sp_arena_calloc(arena, ASSETS_MAX, sizeof *assets.items), 0};
	spi_deflater *deflater = spi_deflater_new();
	sp_status status = assets.items && deflater ? SP_OK : SP_ERR_NOMEM;
	if (status == SP_OK && dir)
		status = take_folder(&assets, dir, arena, err);
	else if (status == SP_OK)
		take_embedded(&assets);
	for (size_t i = 0; i < assets.count && status == SP_OK; i++)
		status = pack(&assets.items[i], deflater, arena);
	spi_deflater_free(deflater);
	if (status == SP_ERR_NOMEM)
		sp_error_set(err, status, "static", 0, "out of memory");
	if (status != SP_OK)
		return status;
	if (assets.count > 0)
		qsort(assets.items, assets.count, sizeof *assets.items, by_name);
	*ret = assets;
	return SP_OK;
}

const spi_asset *spi_assets_find(const spi_assets *assets, const char *name)
{
	spi_asset wanted = {.name = name};
	return assets->count ? bsearch(&wanted, assets->items, assets->count, sizeof wanted, by_name) : NULL;
}

static void serve(spi_request *request, const char *name)
{
	const spi_pages *pages = request->worker->server->pages;
	const spi_asset *asset = name ? spi_assets_find(&pages->assets, name) : NULL;
	if (asset)
		spi_reply_static(
			request, spi_type_of(asset->name), asset->data, asset->len, asset->gzip, asset->gzip_len, asset->etag);
	else
		spi_problem(request, SPI_NOT_FOUND, "there is no such file");
}

void spi_h_static(spi_request *request)
{
	serve(request, sp_arena_printf(request->arena, "%s%s", folder, request->params[0]));
}

void spi_h_widget(spi_request *request)
{
	serve(request, "widget.js");
}
