import { holdSeals, verifyLog } from "#exchange";
import { gatewayConfig } from "./gateway-config.ts";
import { withGateway } from "./gateway-program.ts";

/**
 * A gateway's folder was put back: its log is checked against itself, and seals nothing until its centre has said what it has seen
 * of it. What came after the copy is not in it, and a second tree of the same name must never be signed.
 */
export async function afterGatewayRestore(env: Record<string, string | undefined>): Promise<string> {
  const { config } = gatewayConfig(env, []);
  return withGateway(
    config,
    async (kernel) => {
      const verdict = await verifyLog(kernel.jobContext("exchange.restore"));
      if (!verdict.ok) throw new Error(`the log of this backup does not agree with itself: ${verdict.fault}`);
      await kernel.transaction(holdSeals, { caller: { kind: "system", module: "exchange" } });
      return `Its log agrees with itself: ${verdict.leaves} leaves, ${verdict.heads} heads compared. It is sealed on once its centre was asked what it has seen.`;
    },
    { migrate: true },
  );
}
