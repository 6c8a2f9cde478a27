/** Error types of messages that wait: X-Road has none, it carries nothing later. */
export const expiredType = "server.clientproxy.message_expired";
export const cancelledType = "client.clientproxy.message_cancelled";
