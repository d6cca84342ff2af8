/* What the service manager is told (systemd, Type=notify): that the service is ready, reads its settings again, ends. */
#ifndef CMD_SERVE_MANAGER_H
#define CMD_SERVE_MANAGER_H

/* "READY=1", "STOPPING=1". Does nothing where there is no manager (no NOTIFY_SOCKET). */
void spi_manager_tell(const char *state);

#endif
