#include "vectors/kernels.h"

static bool always(void)
{
	return true;
}

#ifdef __x86_64__
static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f");
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_vnni(void)
{
	return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl");
}
#endif

static const spi_kernel kernels[] = {
#ifdef __x86_64__
	{"vnni", NULL, spi_dot_rows_vnni, has_vnni},
	{"avx512", spi_dot_avx512, NULL, has_avx512},
	{"avx2", spi_dot_avx2, NULL, has_avx2},
#endif
#ifdef __aarch64__
	{"neon", spi_dot_neon, NULL, always}, /* every processor of this kind has it */
#endif
	{"scalar", spi_dot_scalar, NULL, always},
};

const spi_kernel *spi_kernels(size_t *ret_count)
{
	*ret_count = sizeof kernels / sizeof *kernels;
	return kernels;
}

const spi_kernel *spi_kernel_choose(void)
{
	const spi_kernel *kernel = kernels;
	while (!kernel->is_supported())
		kernel++;
	return kernel;
}

static const spi_token_kernel token_kernels[] = {
#ifdef __x86_64__
	{"vnni", NULL, spi_max_fours_vnni, has_vnni},
	{"avx2", spi_max_dot_avx2, NULL, has_avx2},
#endif
#ifdef __aarch64__
	{"neon", spi_max_dot_neon, NULL, always},
#endif
	{"scalar", spi_max_dot_scalar, NULL, always},
};

const spi_token_kernel *spi_token_kernels(size_t *ret_count)
{
	*ret_count = sizeof token_kernels / sizeof *token_kernels;
	return token_kernels;
}

const spi_token_kernel *spi_token_kernel_choose(void)
{
	const spi_token_kernel *kernel = token_kernels;
	while (!kernel->is_supported())
		kernel++;
	return kernel;
}

void spi_dot_all(const spi_kernel *kernel, const spi_row_run *run, const float *query, float *ret)
{
	if (kernel->dot_rows) {
		kernel->dot_rows(run, query, ret);
		return;
	}
	for (size_t i = 0; i < run->count; i += SPI_ROWS_AT_ONCE) {
		const int8_t *row[SPI_ROWS_AT_ONCE];
		float sums[SPI_ROWS_AT_ONCE];
		for (size_t k = 0; k < SPI_ROWS_AT_ONCE; k++)
			row[k] = spi_row_of(run, i + k);
		kernel->dot(row, query, run->stride, sums);
		spi_scale_dots(run, i, sums, ret);
	}
}
