/** A reward of a sample of a group. */
export interface GroupedReward {
  readonly id: string;
  readonly group: string | undefined;
  readonly reward: number | undefined;
}

/**
 * The advantage of each sample as GRPO has it: its reward less the mean of its group, by the group's standard deviation; 0
 * where all rewards of a group are alike. Samples without a reward, or alone in their group, have none.
 */
export function advantagesOf(samples: Iterable<GroupedReward>): ReadonlyMap<string, number> {
  const groups = new Map<string, { id: string; reward: number }[]>();
  for (const { id, group, reward } of samples) {
    if (group === undefined || reward === undefined) continue;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [{ id, reward }]);
    else known.push({ id, reward });
  }
  const advantages = new Map<string, number>();
  for (const members of groups.values()) {
    if (members.length < 2) continue;
    const mean = members.reduce((sum, { reward }) => sum + reward, 0) / members.length;
    const variance = members.reduce((sum, { reward }) => sum + (reward - mean) ** 2, 0) / members.length;
    const deviation = Math.sqrt(variance);
    for (const { id, reward } of members) {
      advantages.set(id, deviation === 0 ? 0 : (reward - mean) / deviation);
    }
  }
  return advantages;
}
