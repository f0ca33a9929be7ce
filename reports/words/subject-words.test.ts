import { expect, test } from 'vitest';
import { loadProfiles } from '../../bench/model/profile.ts';
import { servicePlan } from './service-plan.fixture.ts';
import { askedWords, subjectsOf } from './subject-words.ts';

const { service, request } = servicePlan;
const { latency, bulk } = loadProfiles;
const profiles = [latency];

test("bench's own servers are named as their projects spell them, and serve a page of some size", () => {
  expect(subjectsOf({ servers: ['nginx', 'apache'] })).toEqual(['nginx', 'Apache']);
  expect(askedWords({ bodyBytes: 1024, profiles })).toBe('1 KiB page');
  expect(askedWords({ bodyBytes: 1500, profiles })).toBe('1,500 bytes page');
});

test("the user's service is named with its image, and is asked what the user asked", () => {
  expect(subjectsOf({ servers: ['app'], service })).toEqual(['app (my/app:1.2)']);
  expect(askedWords({ request, bodyBytes: 1024, profiles })).toBe('GET /items?q=1');
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
  const words = askedWords({ request: { ...request, path: `/${'a'.repeat(200)}` }, bodyBytes: 1, profiles });
  expect(words).toHaveLength(60);
  expect(words).toMatch(/^GET \/a+…$/);
});

test('large bodies are named beside the page, and instead of it where no other load asks for it', () => {
  expect(askedWords({ bodyBytes: 1024, profiles: [latency, bulk] })).toBe(
    '1 KiB page and downloads of 1 MiB',
  );
  const up = { ...bulk, bulk: { bytes: 65_536, direction: 'up' as const } };
  expect(askedWords({ bodyBytes: 1024, profiles: [up] })).toBe('uploads of 64 KiB');
});
