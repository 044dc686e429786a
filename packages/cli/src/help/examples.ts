/** Examples of each command, for its help and for the manual page. */

/** A command line, and what it does. */
export type Example = readonly [line: string, purpose: string]

/** By the name of the command, with the names of the commands above it. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  join: [
    ['hearsay join', 'join with a ticket, which you paste'],
    ['hearsay join --ticket-file bob.ticket --name bob', 'join with the ticket in a file'],
    ['hearsay join --authority-file atlas.authority', 'run the first member of a cluster that you founded'],
    ['hearsay join atlas --name ada --bootstrap seed.example.org:4001', 'run a member'],
    ["hearsay join atlas --exec 'fail=./alarm.sh'", 'run a script when a member fails'],
    ["hearsay join atlas --exec 'event:deploy=./deploy.sh'", 'run a script when a member sends an event'],
    ["hearsay join atlas --exec 'query:load=uptime'", 'answer a query with the output of a command'],
    ['hearsay join atlas --log json --log-level warn', 'write a log for other programs to stderr'],
  ],
  relay: [['hearsay relay atlas --listen /ip4/0.0.0.0/tcp/4002/ws', 'introduce browsers to each other']],
  found: [['hearsay found atlas', 'make the key of the authority, in the file atlas.authority']],
  invite: [
    ['hearsay invite', 'print a ticket for members without roles, valid for 30 days'],
    ['hearsay invite --role operator --expires 7d --qr', 'print a ticket for operators, as a QR code, too'],
    ['hearsay invite --role admin --may-invite', 'print a ticket for members that may invite and revoke'],
    ['hearsay invite --link https://app.example.org/', 'print a link that opens a page with the ticket'],
    [
      'hearsay invite --authority-file atlas.authority --bootstrap seed.example.org:4001',
      'make the ticket where no member runs',
    ],
  ],
  revoke: [
    ['hearsay revoke bob', 'end the membership of bob'],
    ['hearsay revoke bob.ticket', 'end the invitation in this file and all memberships that come from it'],
    [
      'hearsay revoke bob --authority-file atlas.authority --bootstrap seed.example.org:4001',
      'revoke where no member runs',
    ],
  ],
  renew: [
    ['hearsay renew', 'paste the next ticket of the member on this machine'],
    ['hearsay renew --ticket-file next.ticket', 'take the ticket from a file'],
  ],
  members: [
    ['hearsay members', 'list the members that the member on this machine knows'],
    ['hearsay members --status suspect,dead', 'list those that need attention'],
    ['hearsay members --tag role=host --json', 'list the members with a tag, as JSON'],
    ['hearsay members --watch', 'show changes as they happen'],
  ],
  info: [['hearsay info', 'print who the member on this machine is']],
  health: [['hearsay health || restart-it', 'act when the member needs attention']],
  explain: [['hearsay explain bob', 'print why bob has its status, or is not known']],
  rtt: [['hearsay rtt bob', 'print the round-trip time to bob']],
  reachability: [['hearsay reachability', 'print how each member can be reached']],
  monitor: [['hearsay monitor --level debug', 'print events and what libp2p logs']],
  query: [
    ['hearsay query load', 'ask all members, and print their answers'],
    ['hearsay query restart \'{"delay":5}\' --to bob --timeout 10', 'ask one member'],
  ],
  event: [
    ['hearsay event deploy v3', 'send an event to all members'],
    ['hearsay event deploy - < plan.json', 'send the content of a file'],
  ],
  'tags set': [['hearsay tags set role=host zone=b', 'set two tags, and keep the others']],
  'tags delete': [['hearsay tags delete zone', 'delete a tag']],
  'keys list': [['hearsay keys list', 'print the keys of the cluster, and how many members have each']],
  'keys add': [
    ['openssl rand -base64 32 | tee new.secret | hearsay keys add -', 'let all members accept a new secret'],
  ],
  'keys use': [['hearsay keys use 0f3a5b7c9d1e2f40', 'let all members prove this key first']],
  'keys remove': [['hearsay keys remove 4a6c8e0f2b4d6f81', 'let no member accept the old secret any more']],
  leave: [['hearsay leave --member ada', 'let ada leave and end']],
  'config get': [['hearsay config get atlas flags color', 'print the value of a key']],
  'config set': [['hearsay config set atlas flags limits \'{"requests":100}\'', 'write JSON']],
  'config delete': [['hearsay config delete atlas flags color', 'delete a key']],
  'config watch': [['hearsay config watch atlas flags', 'print each change']],
  'config history': [['hearsay config history atlas flags color', 'print who wrote which values']],
  'config list': [['hearsay config list atlas flags', 'print all keys and values']],
  presence: [['hearsay presence atlas design --set mood=fine', 'enter a room and watch it']],
  page: [
    ['hearsay page', 'serve a page of the member on this machine, which changes nothing'],
    ['hearsay page --member ada --write', 'serve a page that may change ada'],
  ],
  demo: [['hearsay demo --members 8', 'watch eight processes']],
  help: [['hearsay help config get', 'print the help of a command']],
  completion: [
    ['source <(hearsay completion bash)', 'complete commands in bash; put it into ~/.bashrc'],
    ['source <(hearsay completion zsh)', 'the same in zsh; put it into ~/.zshrc, after compinit'],
    ['hearsay completion fish | source', 'the same in fish; put it into ~/.config/fish/config.fish'],
  ],
}
