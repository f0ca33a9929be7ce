/** Plans that have a name. */
export const planNames = ['paths', 'waterfall'] as const;
export type PlanName = (typeof planNames)[number];
