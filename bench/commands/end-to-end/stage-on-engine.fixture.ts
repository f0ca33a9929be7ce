import { labelsOf } from '../../../runtime/labels.ts';
import { thisProcess } from '../../../runtime/owner.ts';
import { type StageOptions, startStage } from '../../../runtime/stage/start-stage.ts';
import type { TestEngine } from '../../../runtime/test-engine.fixture.ts';
import { loadAgent } from '../../agent/client.ts';
import { team } from '../../agent/team.ts';
import type { Stage } from '../../model/stage.ts';

/**
 * A stage on the engine of the tests, for tests that use it without a run around it. Its caller disposes of it.
 * @param agents at each vantage. Where there are fewer CPUs, they and the servers share all.
 */
export async function stageOnEngine(
  { engine, image }: Pick<TestEngine, 'engine' | 'image'>,
  runId: string,
  needs: StageOptions['needs'],
  agents = 1,
): Promise<Stage> {
  const labels = labelsOf(runId, await thisProcess());
  return startStage({
    ...{ engine, image, runId, labels, needs },
    benchVersion: '0.0.0',
    connectAgent: loadAgent,
    ...(agents === 1 ? {} : { sharing: { agents, join: team } }),
  });
}
