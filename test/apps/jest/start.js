const { testClient } = require('guidon/testing')

console.log(testClient({ flags: { colour: 'red' } }).value('colour', 'none'))
