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
#endif

static const spi_kernel kernels[] = {
#ifdef __x86_64__
	{"avx512", spi_dot_avx512, has_avx512},
	{"avx2", spi_dot_avx2, has_avx2},
#endif
#ifdef __aarch64__
	{"neon", spi_dot_neon, always}, /* every processor of this kind has it */
#endif
	{"scalar", spi_dot_scalar, always},
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
