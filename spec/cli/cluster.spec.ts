import { expect } from 'chai';
import { createCache, key, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Cluster } from 'ioredis';

import type { SurveyReport } from '../../lib/cli/survey/survey-report.js';
import { describeInOneDialect } from '../support/dialect.js';
import { startRedisCluster, type RedisCluster } from '../support/redis-cluster.js';
import { findFreePort } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { cli, cliJson } from './cli.js';

const userKey = (id: number) => key`user:${id}`;

describeInOneDialect('The command line tool over a Redis Cluster', () => {
  let cluster: RedisCluster;
  let client: Cluster;
  let cache: Cache;
  let url: string;

  before(async () => {
    cluster = await startRedisCluster({ masters: 3, replicasPerMaster: 0 });
    client = new Cluster(cluster.nodes);
    client.on('error', () => undefined);
    await until(() => client.status === 'ready');
    cache = createCache({ store: new RedisStore({ client, prefix: 'shop' }) });
    for (let id = 1; id <= 60; id += 1) await cache.set(userKey(id), { id }, { ttl: '1h', tags: [`team:${id % 2}`] });
    url = `redis://127.0.0.1:${cluster.nodes[0]?.port}`;
  });

  after(async () => {
    await cache.close();
    client.disconnect();
    await cluster.stop();
  });

  const asked = (...args: string[]) => [...args, '--redis', url, '--prefix', 'shop', '--cluster'];

  it('finds the entries of all masters', async () => {
    const report = await cliJson<SurveyReport>('inspect', ...asked());
    expect(report.entries).to.equal(60);
    expect(report.patterns.map(({ pattern }) => pattern)).to.deep.equal(['user:{}']);
    expect(report.tags.map(({ entries }) => entries)).to.deep.equal([30, 30]);
    const sample = await cliJson<SurveyReport>('inspect', ...asked('--sample', '30'));
    expect(sample.scanned.complete).to.equal(false);
    expect(sample.entries).to.be.within(20, 59);
  });

  it('explains and invalidates keys and tags wherever they are', async () => {
    const keys = Array.from({ length: 9 }, (_, at) => `user:${at + 1}`);
    for (const text of keys) expect((await cli('explain', ...asked(text))).stdout).to.match(/^user:\d: hit$/m);
    const { code, stdout } = await cli('invalidate', ...asked(...keys, '--tag', 'team:1'));
    expect(code).to.equal(0);
    expect(stdout).to.match(/^applied: 9 keys and 1 tag, /);
    const left = await Promise.all(Array.from({ length: 60 }, (_, at) => cache.get(userKey(at + 1))));
    expect(left.filter((value) => value !== undefined)).to.have.length(26);
  });

  it('must be told that it is one: a node has a part of the keys alone', async () => {
    for (const args of [['inspect'], ['explain', 'user:7'], ['invalidate', 'user:7']]) {
      const { code, stdout, stderr } = await cli(...args, '--redis', url, '--prefix', 'shop');
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.include('is a node of a Cluster').and.include('--cluster asks all of its nodes');
    }
    expect((await cli('inspect', '--redis', `${url}/1`, '--cluster')).stderr).to.include('database 0 alone');
  });

  it('says why the node that was named lets nobody in', async () => {
    const nowhere = `redis://127.0.0.1:${await findFreePort()}`;
    const { code, stderr } = await cli('inspect', '--redis', nowhere, '--cluster');
    expect([code, stderr]).to.deep.equal([3, `freshkeep: ${nowhere}: nobody listens there (connection refused)\n`]);
  });
});
