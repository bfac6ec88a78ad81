/** Whether a URL names this very machine. */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** Whether a URL names a host on this machine's link, such as the metadata service of a cloud. */
export function isLinkLocal({ hostname }: URL): boolean {
  return /^169\.254\.\d+\.\d+$/.test(hostname) || /^\[fe[89ab][\da-f]:/.test(hostname);
}

/**
 * Whether a URL names the API server of the cluster that this program runs in.
 *
 * @source Kubernetes, "Accessing the API from within a Pod": the variable, and the service's names
 */
export function isOwnCluster(
  { hostname }: URL,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (host === undefined || host === '') return false;
  return (
    hostname === host.toLowerCase() ||
    hostname === `[${host.toLowerCase()}]` ||
    /^kubernetes(?:\.default(?:\.svc(?:\.[a-z\d.-]+)?)?)?$/.test(hostname)
  );
}
