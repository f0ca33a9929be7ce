/** Plans that have a name. */
export const planNames = ['paths', 'waterfall', 'two-addresses'] as const;
export type PlanName = (typeof planNames)[number];
