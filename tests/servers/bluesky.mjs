// A Bluesky network of its own on 127.0.0.1: directory (PLC), account server (PDS), sync (bsync) and AppView of npm @atproto/dev-env.
// Environment: MODULES (folder that holds node_modules), PORTS (PDS,AppView,PLC), DB_POSTGRES_URL, REDIS_HOST (host:port), SEARCH_URL.
// Prints {"ready": true} when it is up; ends on SIGTERM.
import dns from 'node:dns'
import net from 'node:net'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

// dev-env listens on every interface and looks up names in the internet: both are kept on this machine.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1')
  return listen.apply(this, args)
}
const refusal = (name) => Object.assign(new Error(`refused to look up ${name}`), { code: 'ENOTFOUND' })
const lookup = dns.lookup
dns.lookup = function (name, options, done) {
  if (name === 'localhost' || name === '::1' || /^127\./.test(name)) return lookup.apply(this, arguments)
  return process.nextTick(typeof options === 'function' ? options : done, refusal(name))
}
dns.promises.resolveTxt = async (name) => { throw refusal(name) }

const { MODULES, PORTS, DB_POSTGRES_URL: dbUrl, REDIS_HOST: redisHost, SEARCH_URL: searchUrl } = process.env
const found = createRequire(`${MODULES}/package.json`).resolve('@atproto/dev-env')
const { TestPlc, TestPds, TestBsky, TestBsync, mockNetworkUtilities } = await import(pathToFileURL(found))

const [pdsPort, appViewPort, plcPort] = PORTS.split(',').map(Number)
const appViewUrl = `http://localhost:${appViewPort}`
const labeler = 'did:example:labeler'
const plc = await TestPlc.create({ port: plcPort })
const bsync = await TestBsync.create({ apiKeys: ['bsync-api-key'], dbUrl, dbSchema: 'bsync' })
const appView = await TestBsky.create({
  port: appViewPort, plcUrl: plc.url, pdsPort, bsyncUrl: bsync.url, bsyncApiKey: 'bsync-api-key', publicUrl: appViewUrl,
  repoProvider: `ws://localhost:${pdsPort}`, dbPostgresSchema: 'appview', dbPostgresUrl: dbUrl, redisHost, searchUrl, modServiceDid: labeler,
})
bsync.ctx.dataplaneClients = [appView.ctx.dataplane]
const pds = await TestPds.create({
  port: pdsPort, hostname: 'localhost', didPlcUrl: plc.url, bskyAppViewUrl: appView.url, bskyAppViewDid: appView.ctx.cfg.serverDid,
  bskyAppViewCdnUrlPattern: `${appViewUrl}/img/%s/plain/%s/%s`, enableDidDocWithSession: true,
  modServiceUrl: 'https://moderator.invalid', modServiceDid: labeler,
})
mockNetworkUtilities(pds, appView)
console.log(JSON.stringify({ ready: true }))

process.once('SIGTERM', async () => {
  for (const part of [pds, appView, bsync, plc]) await part.close().catch((error) => console.error(error))
  process.exit(0)
})
