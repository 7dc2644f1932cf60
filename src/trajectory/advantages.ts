/** A reward of a sample of a group. */
export interface GroupedReward {
  readonly group: string | undefined;
  readonly reward: number | undefined;
}

/**
 * The advantage of each sample as GRPO has it, in their order: its reward less the mean of its group, by the group's standard
 * deviation; 0 where all rewards of a group are alike. Samples without a reward, or alone in their group, have none.
 */
export function advantagesOf(samples: readonly GroupedReward[]): readonly (number | undefined)[] {
  const groups = new Map<string, number[]>();
  for (const { group, reward } of samples) {
    if (group === undefined || reward === undefined) continue;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [reward]);
    else known.push(reward);
  }
  const spreads = new Map([...groups].map(([group, rewards]) => [group, spreadOf(rewards)]));
  return samples.map(({ group, reward }) => {
    const spread = group === undefined ? undefined : spreads.get(group);
    if (reward === undefined || spread === undefined) return undefined;
    return spread.deviation === 0 ? 0 : (reward - spread.mean) / spread.deviation;
  });
}

function spreadOf(
  rewards: readonly number[],
): { readonly mean: number; readonly deviation: number } | undefined {
  if (rewards.length < 2) return undefined;
  // the mean of equal ones may be another number in its last bits
  if (rewards.every((reward) => reward === rewards[0])) return { mean: 0, deviation: 0 };
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const variance = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / rewards.length;
  return { mean, deviation: Math.sqrt(variance) };
}
