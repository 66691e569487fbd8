import { testClient } from 'guidon/testing'

console.log(testClient({ flags: { colour: 'red' } }).value('colour', 'none'))
