import { expect, test } from 'vitest';
import { servicePlan } from './service-plan.fixture.ts';
import { askedWords, keptWords, subjectsOf } from './subject-words.ts';

const { service, request } = servicePlan;

test("bench's own servers are named as their projects spell them, and serve a page of some size", () => {
  expect(subjectsOf({ servers: ['nginx', 'apache'] })).toEqual(['nginx', 'Apache']);
  expect(askedWords({ bodyBytes: 1024 })).toBe('1 KiB page');
  expect(askedWords({ bodyBytes: 1500 })).toBe('1,500 bytes page');
});

test("the user's service is named with its image, and is asked what the user asked", () => {
  expect(subjectsOf({ servers: ['app'], service })).toEqual(['app (my/app:1.2)']);
  expect(askedWords({ request, bodyBytes: 1024 })).toBe('GET /items?q=1');
});

test('a service that was seen to end its connections keeps none for longer', () => {
  const ends = { code: 'service-ends-connections', message: 'after 1,000', hint: 'none' };
  expect(keptWords({})).toBe('keep-alive');
  expect(keptWords({ surprises: [{ ...ends, code: 'service-logs-requests' }] })).toBe('keep-alive');
  expect(keptWords({ surprises: [ends] })).toBe('keep-alive until the service ends it');
});

test('an official image that has the name of a server of bench is told apart by its image', () => {
  const official = { ...service, name: 'nginx', image: 'nginx:1.28' };
  expect(subjectsOf({ servers: ['nginx'], service: official })).toEqual(['nginx (nginx:1.28)']);
});

test('a digest is cut to what tells it from others, and a long request to what fits a line', () => {
  const image = `my/app@sha256:${'0123456789abcdef'.repeat(4)}`;
  expect(subjectsOf({ servers: ['app'], service: { ...service, image } })).toEqual([
    'app (my/app@sha256:0123456789ab…)',
  ]);
  const words = askedWords({ request: { ...request, path: `/${'a'.repeat(200)}` }, bodyBytes: 1 });
  expect(words).toHaveLength(60);
  expect(words).toMatch(/^GET \/a+…$/);
});
