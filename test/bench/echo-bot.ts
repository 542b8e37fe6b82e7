// The bare framework, as its own samples wire it up: what our figures are held against.
import { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import restify from 'restify'

const server = restify.createServer()
server.use(restify.plugins.bodyParser())
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}))
const bot = new ActivityHandler()
bot.onMessage(async (context, next) => {
  await context.sendActivity(`You said: ${context.activity.text}`)
  await next()
})
server.post('/api/messages', async (req, res) => {
  await adapter.process(req as unknown as Parameters<typeof adapter.process>[0], res, (context) =>
    bot.run(context),
  )
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`))
