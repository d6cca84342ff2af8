/* What is printed on a terminal. */
#ifndef SPI_CMD_TERMINAL_H
#define SPI_CMD_TERMINAL_H

/* Orders to the terminal in what is printed to stdout and stderr are shown from now on, not obeyed; but those of the program itself. */
void spi_terminal_guard(void);

#endif
