/** What people and counters are called: material for generated identifiers that must never pass as opaque. */
const split = (text: string): readonly string[] => text.trim().split(/\s+/)

export const FIRST_NAMES = split(`
  john mary michael sarah christopher jennifer robert elizabeth james emily anna tom kate bob alice max leo ben
  maximilian alexandra hans juergen guenther friedrich wolfgang ulrich sabine heike mueller schulz
  jean pierre francoise guillaume stephanie veronique thierry aurelie francesca giovanni giuseppe chiara matteo
  jose maria alejandro guadalupe javier ximena joao thiago beatriz conceicao wojciech krzysztof grzegorz malgorzata
  zbigniew jaroslaw bjorn sven knut ingrid astrid henrik aleksandr dmitri svetlana yevgeniya vladislav oleksandr
  zdenek jiri vojtech hrvoje srdjan mohammed fatima abdulrahman khadija yusuf nguyen phuong xiang zhang wei mei
  hiroshi yuki takeshi sakura minjun jiwoo priya arjun lakshmi krishnamurthy siobhan aoife eoghan rhys gwyneth lin bo li`)

export const LAST_NAMES = split(`
  smith johnson williams brown jones miller davis wilson anderson thompson wright knight lynch hughes mcdonald oconnor
  schwarzenegger schmidt schwartz mueller fischer weber hoffmann schroeder krueger zimmermann braun lang
  dupont lefebvre moreau bertrand rousseau dubois rossi bianchi esposito ferrari colombo garcia rodriguez fernandez
  martinez gonzalez sanchez silva santos oliveira ferreira devries vandenberg jansen bakker dejong kowalski nowak
  wisniewski szczepanski brzeczyszczykiewicz strzelecki johansson andersson lindqvist hansen nielsen ivanov petrov
  kuznetsov novak svoboda horvat tran pham wang chen tanaka yamamoto watanabe kim park sharma patel gupta khan hussain`)

export const WORDS = split(`
  happy lucky silent golden silver purple orange yellow green black white little great super mega ultra dark bright
  wild brave clever gentle mighty ancient electric cosmic digital virtual frozen crystal thunder lightning shadow
  dragon tiger eagle falcon panther wolf bear fox rabbit elephant dolphin penguin turtle butterfly unicorn phoenix
  ninja samurai warrior wizard knight hunter pirate captain master queen king prince princess legend hero ghost
  coffee pizza banana cherry strawberry chocolate cookie pancake sunshine rainbow mountain river ocean forest desert
  summer winter spring autumn morning midnight weekend holiday travel music guitar piano soccer football basketball
  hockey gamer player coder hacker designer writer reader painter doctor teacher driver pilot sailor runner biker
  user customer account member client person visitor subscriber employee student admin manager office company shop
  berlin paris london madrid warsaw moscow tokyo newyork chicago texas florida bayern wien zuerich the of from and
  love life world star moon space rocket planet galaxy fire water earth wind stone iron steel diamond power strong`)
